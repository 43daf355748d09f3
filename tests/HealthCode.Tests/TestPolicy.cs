using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Tests;

internal static class TestPolicy
{
    private static readonly PolicyBook Shipped = PolicyBook.Read(Path.Combine(AppContext.BaseDirectory, "Policies"));

    /// <summary>The first policy that the service ships with, of two rules.</summary>
    public static Policy Default { get; } = Shipped.InForce(DateTimeOffset.UnixEpoch)!;

    /// <summary>The newest that it ships with, over all kinds of evidence.</summary>
    public static Policy Newest { get; } = Shipped.InForce(DateTimeOffset.MaxValue)!;
}

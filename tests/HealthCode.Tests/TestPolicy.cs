using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Tests;

internal static class TestPolicy
{
    /// <summary>The policy that the service ships with.</summary>
    public static Policy Default { get; } = PolicyBook.Read(Path.Combine(AppContext.BaseDirectory, "Policies")).InForce(DateTimeOffset.UnixEpoch)!;
}

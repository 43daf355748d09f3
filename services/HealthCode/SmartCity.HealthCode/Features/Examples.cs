namespace SmartCity.HealthCode.Features;

/// <summary>What examples in the OpenAPI document have in common. Nobody is meant.</summary>
internal static class Examples
{
    public static DateTimeOffset Now { get; } = new(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);
    public static Guid Citizen { get; } = new("0191f5a0-6c1e-7f00-9a00-3f2b61d0c0de");
    public static Guid Order { get; } = new("0191f5a0-6c1e-8f00-9a00-3f2b61d0c0aa");
}

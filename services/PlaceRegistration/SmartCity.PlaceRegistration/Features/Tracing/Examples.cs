namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>Values for the examples in the OpenAPI document: nobody's.</summary>
internal static class Examples
{
    public static readonly Guid CaseId = new("01979f00-0000-7000-8000-000000000001");
    public static readonly Guid RunId = new("01979f00-0000-7000-8000-000000000002");
    public static readonly Guid CitizenId = new("01979f00-0000-7000-8000-000000000003");
    public static readonly Guid PlaceId = new("01979f00-0000-7000-8000-000000000004");
    public static readonly Guid ExposureId = new("01979f00-0000-8000-8000-000000000005");
    public static readonly DateTimeOffset At = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    public const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
}

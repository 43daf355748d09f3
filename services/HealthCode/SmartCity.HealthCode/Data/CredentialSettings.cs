using System.ComponentModel.DataAnnotations;

namespace SmartCity.HealthCode.Data;

/// <summary>The section <c>Credentials</c>: how long keys, codes and lists live.</summary>
internal sealed class CredentialSettings
{
    public const string Section = "Credentials";

    /// <summary>A shown code refreshes itself; one on a photograph is soon worthless.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan PrintedLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long a key signs.</summary>
    [Range(typeof(TimeSpan), "2.00:00:00", "400.00:00:00")]
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>For how long a key is published before it signs. Gates fetch the trust list more often.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan PublishAhead { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often replicas look for new keys and lists, in real time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How old the published list of revoked codes may become before it is made anew.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ListEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>By when gates must have a newer list.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan ListLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long a signed code is shown again without asking the database.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many people's codes a replica keeps at hand; each takes about two kilobytes.</summary>
    [Range(100, 5_000_000)]
    public int KeptCodes { get; init; } = 100_000;
}

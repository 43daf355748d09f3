using System.ComponentModel.DataAnnotations;
using SmartCity.Signing;

namespace SmartCity.Identity;

/// <summary>The section <c>Identity</c>: who issues, for whom, and for how long.</summary>
internal sealed class ProviderSettings
{
    public const string Section = "Identity";

    /// <summary>The name in every token, and the public address of the endpoints.</summary>
    [Required, RegularExpression("^https?://.*[^/]$")]
    public string Issuer { get; init; } = "http://localhost:8080/identity";

    /// <summary>The services that people's tokens are for.</summary>
    [MinLength(1)]
    public string[] Audiences { get; init; } = [];

    /// <summary>Those that a proxy may use for somebody: nobody acts for others in this service itself.</summary>
    public IEnumerable<string> ProxyServices => Audiences.Except(["identity", "gateway"]);

    /// <summary>The share of registrations without a phone that somebody else looks at a second time.</summary>
    [Range(0.0, 1.0)]
    public double SecondCheckShare { get; init; } = 0.1;

    /// <summary>Apps that people sign in with, which keep no secret; the first is meant where a request names none.</summary>
    [MinLength(1)]
    public string[] PublicClients { get; init; } = [];

    /// <summary>Services: client, audience, scopes. The secrets are elsewhere, in <c>Clients:{client}</c>.</summary>
    public Dictionary<string, Dictionary<string, string[]>> Clients { get; init; } = [];

    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After how long somebody who signed in by phone signs in again, however often the session is renewed.</summary>
    public TimeSpan PhoneSessionLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The same for staff: a working day.</summary>
    public TimeSpan StaffSessionLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long a key signs.</summary>
    [Range(typeof(TimeSpan), "2.00:00:00", "400.00:00:00")]
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(30);

    public KeySchedule KeySchedule => new(KeyLifetime, PublishAhead: TimeSpan.FromDays(1), KeepFor: TokenLifetime * 2);

    /// <summary>Whether the accounts of <see cref="DemoAccounts"/> exist: never in a real city.</summary>
    public bool DemoAccounts { get; init; }
}

/// <summary>Tokens and codes live in real time, also while a simulator moves the city's clock: ask for the <see cref="TimeProvider"/> with this key.</summary>
internal static class RealTime
{
    public const string Key = "real-time";
}

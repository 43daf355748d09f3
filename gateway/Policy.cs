using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Patterns;

namespace SmartCity.Gateway;

/// <summary>Who goes first when a service cannot serve everybody.</summary>
internal enum CallClass
{
    /// <summary>What people stand at a door with, and what may save them: own code, admission, warnings.</summary>
    Vital,

    /// <summary>Everything else that people do.</summary>
    Ordinary,

    /// <summary>Reading around. Public answers come from the cache instead.</summary>
    Browsing,
}

/// <summary>
/// What the entrance promises and refuses, as data: <c>policy.json</c>, or the file that <c>PolicyFile</c> names; single values may be set from outside
/// (<c>Policy__Quotas__account__PerSecond</c>). It is read again when the file changes.
/// </summary>
internal sealed partial record Policy
{
    /// <summary>The quota of a caller with a token, by account.</summary>
    public const string AccountQuota = "account";

    /// <summary>The quota of callers without one, by address.</summary>
    public const string AddressQuota = "address";

    private static readonly HashSet<string> KnownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public Dictionary<string, Quota> Quotas { get; init; } = [];

    public Dictionary<string, ServicePolicy> Services { get; init; } = [];

    public Dictionary<string, Rule> Rules { get; init; } = [];

    /// <summary>What is wrong with it; empty for a policy that can be used.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var needed in (string[])[AccountQuota, AddressQuota])
            if (!Quotas.ContainsKey(needed)) yield return $"The quota '{needed}' is missing.";

        foreach (var (name, quota) in Quotas)
        {
            if (!Name().IsMatch(name)) yield return $"The name of quota '{name}' is not made of lower case letters and hyphens.";
            if (quota.PerSecond is not (> 0 and <= 1_000_000) || quota.Burst is not (> 0 and <= 1_000_000)) yield return $"Quota '{name}' is not between 0 and 1,000,000.";
        }

        if (Services.Count == 0 || Rules.Count == 0) yield return "There are no services or no rules.";
        foreach (var (name, service) in Services)
        {
            if (!Name().IsMatch(name)) yield return $"The name of service '{name}' is not made of lower case letters and hyphens.";
            if (service.LeastAtOnce < 1 || service.StartAtOnce < service.LeastAtOnce || service.MostAtOnce < service.StartAtOnce || service.MostAtOnce > 100_000)
                yield return $"Service '{name}' needs 1 <= LeastAtOnce <= StartAtOnce <= MostAtOnce <= 100,000.";
            if (service.MostStreams < 0) yield return $"MostStreams of service '{name}' is negative.";
        }

        foreach (var (name, rule) in Rules)
        {
            if (!Services.ContainsKey(rule.Service)) yield return $"Rule '{name}' is for '{rule.Service}', which is no service.";
            if (!rule.Path.StartsWith('/')) yield return $"The path of rule '{name}' does not begin with a slash.";
            if (FaultOf(rule.Path) is { } fault) yield return $"The path of rule '{name}' is no route: {fault}";
            if (rule.Methods?.Find(method => !KnownMethods.Contains(method)) is { } method) yield return $"The method '{method}' of rule '{name}' is unknown.";
            if (!Enum.IsDefined(rule.Class)) yield return $"The class of rule '{name}' is unknown.";
            if (rule.Cost is < 1 or > 1000) yield return $"The cost of rule '{name}' is not between 1 and 1,000.";
            if (rule.Quota is { } quota && !Quotas.ContainsKey(quota)) yield return $"Rule '{name}' asks for '{quota}', which is no quota.";
            if (rule.Entrance is { } entrance && !Quotas.ContainsKey(entrance)) yield return $"Rule '{name}' asks for '{entrance}', which is no quota.";
            if (rule.Deadline is var deadline && (deadline <= TimeSpan.Zero || deadline > TimeSpan.FromMinutes(10))) yield return $"The deadline of rule '{name}' is not between 0 and 10 minutes.";
            if (rule.MostBytes is <= 0 or > 1L << 30) yield return $"MostBytes of rule '{name}' is not between 1 and 1 GB.";
        }
    }

    private static string? FaultOf(string path)
    {
        try
        {
            RoutePatternFactory.Parse(path);
            return null;
        }
        catch (RoutePatternException exception)
        {
            return exception.Message;
        }
    }

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex Name();
}

/// <summary>A token bucket: it holds <c>Burst</c> at most and gets <c>PerSecond</c> new ones.</summary>
internal sealed record Quota
{
    public double PerSecond { get; init; }

    public int Burst { get; init; }
}

/// <summary>Bounds within which the gateway finds out by itself how much a service bears at once.</summary>
internal sealed record ServicePolicy
{
    public int LeastAtOnce { get; init; } = 4;

    public int StartAtOnce { get; init; } = 32;

    public int MostAtOnce { get; init; } = 2000;

    /// <summary>Event streams, web sockets and large uploads: they last, so they are counted by themselves.</summary>
    public int MostStreams { get; init; } = 2000;

    /// <summary>Whether it has an OpenAPI document, which the API page shows.</summary>
    public bool Api { get; init; } = true;
}

/// <summary>What holds for the requests of one route.</summary>
internal sealed record Rule
{
    public string Service { get; init; } = "";

    /// <summary>A route of ASP.NET; the more exact one wins.</summary>
    public string Path { get; init; } = "";

    /// <summary>Null for every method.</summary>
    public List<string>? Methods { get; init; }

    public CallClass Class { get; init; } = CallClass.Ordinary;

    /// <summary>How many tokens a request takes.</summary>
    public int Cost { get; init; } = 1;

    /// <summary>A quota of each caller for this route, besides the one that the caller has for everything.</summary>
    public string? Quota { get; init; }

    /// <summary>A quota that all callers share: the cheap entrance before what many want at once.</summary>
    public string? Entrance { get; init; }

    /// <summary>How long a request may take, waiting included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Set for uploads that are larger than the megabyte that everybody may send.</summary>
    public long? MostBytes { get; init; }

    /// <summary>Lasts as long as somebody watches.</summary>
    public bool Stream { get; init; }

    /// <summary>gRPC of a department's system: goes to the service's gRPC endpoint.</summary>
    public bool Grpc { get; init; }

    /// <summary>Takes none of the places that the limit finding counts, because its length says nothing about the service.</summary>
    public bool Lasts => Stream || MostBytes is not null || Grpc;
}

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Data;

/// <summary>
/// The policies at hand: those of a folder, which a release of the software brings, and those that officers released, which decide before them, the newest
/// first. Where none is in force nothing is decided and no code is shown: the service fails closed.
/// </summary>
internal sealed class PolicyBook
{
    private static readonly JsonSerializerOptions Json = Configured();

    private readonly IReadOnlyList<Policy> shipped;
    private readonly ConcurrentDictionary<string, Policy?> compiled = new();
    private IReadOnlyList<(PolicyRelease Release, Policy? Policy)> released = [];

    private PolicyBook(IReadOnlyList<Policy> shipped) => this.shipped = shipped;

    /// <summary>What a request hears where no policy is in force.</summary>
    public static Refusal NotLoaded { get; } = Refusal.Unavailable("policy_not_loaded");

    /// <summary>Reads a folder; one that is missing holds none.</summary>
    /// <exception cref="InvalidDataException">A document is wrong: a service with wrong rules does not start.</exception>
    public static PolicyBook Read(string folder)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [];
        var policies = files.Order(StringComparer.Ordinal).Select(ReadOne).ToArray();
        if (policies.DistinctBy(policy => policy.Version).Count() != policies.Length)
            throw new InvalidDataException($"Two policies in {folder} share a version.");
        return new PolicyBook(policies);
    }

    /// <summary>Reads a document as it is sent or stored.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static PolicyDocument? ReadDocument(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<PolicyDocument>(json, Json);

    /// <summary>The document as it is stored.</summary>
    public static string Write(PolicyDocument document) => JsonSerializer.Serialize(document, Json);

    /// <summary>The policy that decides about whoever no stage of a newer one covers. Null where none is in force.</summary>
    public Policy? InForce(DateTimeOffset now)
    {
        foreach (var (release, policy) in released)
        {
            if (!release.IsForEverybody) continue;
            // One that cannot be read any more decides nothing; passing over it would be deciding by rules that were replaced.
            if (policy is null || policy.IsInForce(now)) return policy;
        }

        return shipped.Where(policy => policy.IsInForce(now)).MaxBy(policy => policy.Document.ValidFrom ?? DateTimeOffset.MinValue);
    }

    /// <summary>The policy that decides about a person. Null where none is in force.</summary>
    public Policy? For(CitizenId citizen, string? homeCell, DateTimeOffset now)
    {
        foreach (var (release, policy) in released)
        {
            if (release.Covers(citizen, homeCell) && (policy is null || policy.IsInForce(now))) return policy;
        }

        return InForce(now);
    }

    /// <summary>The policy that decides about a person.</summary>
    /// <exception cref="RuleFailedException">None is in force: fail closed.</exception>
    public Policy Require(Citizen citizen, DateTimeOffset now) =>
        For(citizen.Id, citizen.HomeCell, now) ?? throw new RuleFailedException("none", "no policy is in force");

    /// <summary>What the person is told about a rule of any version; null where it is not known any more.</summary>
    public RuleText? TextOf(string version, string rule) =>
        (shipped.FirstOrDefault(policy => policy.Version == version) ?? compiled.GetValueOrDefault(version))?.TextOf(rule);

    /// <summary>Whether the software brings a policy of this version.</summary>
    public bool IsShipped(string version) => shipped.Any(policy => policy.Version == version);

    /// <summary>A released or drafted policy, compiled once; null where this software cannot read it.</summary>
    public Policy? Compiled(PolicyRelease release) => compiled.GetOrAdd(release.Version, _ =>
    {
        try
        {
            return ReadDocument(Encoding.UTF8.GetBytes(release.Document)) is { } document && Policy.TryCompile(document, out var policy, out var _) ? policy : null;
        }
        catch (JsonException)
        {
            return null;
        }
    });

    /// <summary>Takes over what officers have released so far.</summary>
    public void Follow(IEnumerable<PolicyRelease> releases) =>
        released = [.. releases.OrderByDescending(release => release.ReleasedAt).ThenByDescending(release => release.Version).Select(release => (release, Compiled(release)))];

    private static Policy ReadOne(string file)
    {
        try
        {
            var document = ReadDocument(File.ReadAllBytes(file))
                ?? throw new InvalidDataException($"Policy {file} is empty.");
            return Policy.TryCompile(document, out var policy, out var fault) ? policy : throw new InvalidDataException($"Policy {file}: {fault}.");
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"Policy {file} cannot be read.", wrong);
        }
    }

    private static JsonSerializerOptions Configured()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        ServiceDefaultsExtensions.Configure(json);
        // CertLogic nests deeper than anything else that people send.
        json.MaxDepth = 2 * CertLogic.CertLogicValidator.MaxDepth;
        return json;
    }
}

/// <summary>Readiness: without a policy in force no code can be shown.</summary>
internal sealed class PolicyHealth(PolicyBook policies, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(policies.InForce(clock.GetUtcNow()) is { } policy
            ? HealthCheckResult.Healthy(policy.Version)
            : HealthCheckResult.Unhealthy("No policy is in force."));
}

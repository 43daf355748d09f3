using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Data;

/// <summary>
/// The policies of a folder, one JSON document each, read at start. Every replica of a release has the same. Where none is in force
/// nothing is decided and no code is shown: the service fails closed.
/// </summary>
internal sealed class PolicyBook
{
    private static readonly JsonSerializerOptions Json = Configured();

    private readonly IReadOnlyList<Policy> policies;

    private PolicyBook(IReadOnlyList<Policy> policies) => this.policies = policies;

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

    /// <summary>The policy in force: where several are, the one that came into force last. Null where none is.</summary>
    public Policy? InForce(DateTimeOffset now) =>
        policies.Where(policy => policy.IsInForce(now)).MaxBy(policy => policy.Document.ValidFrom ?? DateTimeOffset.MinValue);

    /// <summary>The policy that decides about a person. Null where none is in force.</summary>
    public Policy? For(Citizen citizen, DateTimeOffset now) => InForce(now);

    /// <summary>For work that nobody waits for: it is tried again, and seen where it keeps failing.</summary>
    /// <exception cref="InvalidOperationException">No policy is in force.</exception>
    public Policy Require(Citizen citizen, DateTimeOffset now) => For(citizen, now) ?? throw new InvalidOperationException("No policy is in force.");

    /// <summary>What the person is told about a rule of any version; null where it is not known any more.</summary>
    public RuleText? TextOf(string version, string rule) => policies.FirstOrDefault(policy => policy.Version == version)?.TextOf(rule);

    private static Policy ReadOne(string file)
    {
        try
        {
            var document = JsonSerializer.Deserialize<PolicyDocument>(File.ReadAllBytes(file), Json)
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

using System.Text.Json;
using System.Text.Json.Serialization;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>The trace policies of a folder, one JSON document each, read at start. Where none is in force nobody is traced: the case waits and is tried again.</summary>
internal sealed class TracePolicyBook
{
    private static readonly JsonSerializerOptions Json = Configured();

    private readonly IReadOnlyList<TracePolicy> policies;

    private TracePolicyBook(IReadOnlyList<TracePolicy> policies) => this.policies = policies;

    /// <summary>Reads a folder; one that is missing holds none.</summary>
    /// <exception cref="InvalidDataException">A document is wrong: a service with wrong rules does not start.</exception>
    public static TracePolicyBook Read(string folder)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [];
        var policies = files.Order(StringComparer.Ordinal).Select(ReadOne).ToArray();
        if (policies.DistinctBy(policy => policy.Version).Count() != policies.Length)
            throw new InvalidDataException($"Two trace policies in {folder} share a version.");
        return new TracePolicyBook(policies);
    }

    /// <summary>The policy in force: where several are, the one that came into force last. Null where none is.</summary>
    public TracePolicy? InForce(DateTimeOffset now) =>
        policies.Where(policy => policy.IsInForce(now)).MaxBy(policy => policy.ValidFrom ?? DateTimeOffset.MinValue);

    /// <exception cref="InvalidOperationException">No policy is in force.</exception>
    public TracePolicy Require(DateTimeOffset now) => InForce(now) ?? throw new InvalidOperationException("No trace policy is in force.");

    /// <summary>The policy that a trace was made by.</summary>
    /// <exception cref="InvalidOperationException">Its document is gone; a published version is kept.</exception>
    public TracePolicy Of(string version) =>
        policies.FirstOrDefault(policy => policy.Version == version) ?? throw new InvalidOperationException($"The document of trace policy {version} is missing.");

    private static TracePolicy ReadOne(string file)
    {
        try
        {
            var policy = JsonSerializer.Deserialize<TracePolicy>(File.ReadAllBytes(file), Json) ?? throw new InvalidDataException($"Trace policy {file} is empty.");
            return policy.Fault() is { } fault ? throw new InvalidDataException($"Trace policy {file}: {fault}.") : policy;
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"Trace policy {file} cannot be read.", wrong);
        }
    }

    private static JsonSerializerOptions Configured()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        ServiceDefaultsExtensions.Configure(json);
        return json;
    }
}

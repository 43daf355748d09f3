using Aspire.Hosting.Running;

namespace Aspire.Hosting.Page;

/// <summary>A resource as tools and tests see it.</summary>
internal sealed record ResourceView(
    string Name, string Resource, string State, bool Healthy, int Restarts, int? ProcessId, IReadOnlyDictionary<string, string> Endpoints, IReadOnlyList<string> LastLines)
{
    public static ResourceView Of(Instance instance) => new(
        instance.Name, instance.Resource.Name, instance.State.ToString(), instance.IsHealthy, instance.Restarts, instance.ProcessId,
        instance.Resource.Endpoints.ToDictionary(endpoint => endpoint.Name, endpoint => $"{endpoint.UriScheme}://127.0.0.1:{endpoint.Ports[instance.Replica]}"),
        instance.Log.Last(5));
}

using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using SmartCity.Dashboard;

namespace Aspire.Hosting.Running;

/// <summary>Everything that runs: started in the order of what waits for what, stopped the other way round.</summary>
internal sealed class City(IReadOnlyList<Resource> resources, IConfiguration configuration, DataDirectory data, bool verbose)
{
    private readonly Dictionary<Resource, Task> _stopping = [];
    private List<Instance> _instances = [];
    private TelemetrySettings _telemetry = null!;
    private DashboardServer? _dashboard;

    public IReadOnlyList<Instance> Instances => _instances;

    public async Task StartAsync(bool fresh, CancellationToken cancellationToken)
    {
        data.Open(fresh);
        foreach (var resource in resources)
            foreach (var endpoint in resource.Endpoints)
                endpoint.Ports = [.. Enumerable.Range(0, resource.Replicas)
                    .Select(replica => data.Port($"{resource.Name}/{endpoint.Name}/{replica}", replica == 0 ? endpoint.Port : null))];

        _telemetry = TelemetrySettings.Of(configuration, data);
        _instances = [.. resources.Where(resource => resource is ProjectResource or ContainerResource or ExecutableResource)
            .SelectMany(resource => Enumerable.Range(0, resource.Replicas).Select(replica => Create(resource, replica)))];
        _dashboard = await DashboardServer.StartAsync(new CityResources(this), _telemetry.Dashboard, cancellationToken);

        var services = _instances.Where(instance => !instance.IsTool).ToList();
        await Task.WhenAll(services.Select(instance => instance.StartAsync()));
        await Task.WhenAll(services.Select(instance => ReportAsync(instance, cancellationToken)));

        ReadyTable.Print(resources, _dashboard.LoginUrl);
        foreach (var ready in resources.SelectMany(resource => resource.WhenReady))
            await ready(cancellationToken);
        await Task.WhenAll(_instances.Where(instance => instance.IsTool).Select(instance => instance.StartAsync()));
    }

    public async Task StopAsync()
    {
        if (_instances.Exists(instance => instance.ProcessId is not null))
            Console.WriteLine("Stopping ...");
        await Task.WhenAll(resources.Select(StopAsync));
        if (_dashboard is not null)
            await _dashboard.DisposeAsync();
        data.Dispose();
    }

    private Task StopAsync(Resource resource)
    {
        lock (_stopping)
            return _stopping.TryGetValue(resource, out var stopping) ? stopping : _stopping[resource] = StopAfterDependentsAsync(resource);
    }

    private async Task StopAfterDependentsAsync(Resource resource)
    {
        await Task.Yield();
        await Task.WhenAll(resources.Where(dependent => Needs(dependent).Contains(resource)).Select(StopAsync));
        await Task.WhenAll(_instances.Where(instance => instance.Resource == resource).Select(instance => instance.StopAsync()));
    }

    private Instance Create(Resource resource, int replica)
    {
        var name = resource.Replicas == 1 ? resource.Name : $"{resource.Name}-{replica + 1}";
        var isTool = resource is ProjectResource && resource.Endpoints.Count == 0;
        return new(resource, replica, name, new(name, data.Logs, verbose || isTool), Runnable, cancellationToken => Task.WhenAll(
            _instances.Where(other => Needs(resource).Contains(other.Resource)).Select(other => other.WhenHealthyAsync(cancellationToken))));
    }

    private IRunnable Runnable(Instance instance) => instance.Resource switch
    {
        ContainerResource server => new ServerProcess(server, data, instance.Log.Write),
        ProjectResource or ExecutableResource => new ProgramProcess(instance.Resource, instance.Replica, instance.Name, new(configuration, _telemetry), instance.Log.Write),
        _ => throw new InvalidOperationException($"'{instance.Name}' is nothing that runs."),
    };

    // A database is there when its server is, an address when that which it waits for is.
    internal static IEnumerable<IResource> Needs(Resource resource) => resource.WaitsFor.SelectMany(needed => needed switch
    {
        IResourceWithParent child => [child.Parent],
        ConnectionStringResource address => Needs(address),
        _ => (IEnumerable<IResource>)[needed],
    });

    private static async Task ReportAsync(Instance instance, CancellationToken cancellationToken)
    {
        var healthy = instance.WhenHealthyAsync(cancellationToken);
        while (await Task.WhenAny(healthy, Task.Delay(TimeSpan.FromSeconds(30), cancellationToken)) != healthy)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Console.WriteLine($"  {instance.Name,-28} not healthy yet ({instance.State}): {instance.Log.Last(1).FirstOrDefault()}");
        }

        await healthy;
        Console.WriteLine($"  {instance.Name,-28} healthy {instance.TimeToHealthy?.TotalSeconds,6:0.0} s");
    }
}

using Aspire.Hosting.ApplicationModel;
using SmartCity.Dashboard;

namespace Aspire.Hosting.Running;

/// <summary>The city as its dashboard sees it.</summary>
internal sealed class CityResources(City city) : IRunningResources
{
    private const int LastLines = 5;

    public IReadOnlyList<RunningResource> All => [.. city.Instances.Select(Of)];

    public IReadOnlyList<ResourceVariable> Environment(string name) => Find(name)?.Environment ?? [];

    public ConsoleLines Console(string name, long after) => Find(name)?.Log.Since(after) ?? new(after, []);

    public IReadOnlyList<string> ConsoleFiles(string name) => Find(name)?.Log.Files ?? [];

    public async Task<bool> CommandAsync(string name, string command)
    {
        if (Find(name) is not { } found || command is not ("start" or "stop" or "restart"))
            return false;
        if (command is "stop" or "restart")
            await found.StopAsync();
        if (command is "start" or "restart")
            await found.StartAsync();
        return true;
    }

    private Instance? Find(string name) => city.Instances.FirstOrDefault(instance => instance.Name == name);

    private static RunningResource Of(Instance instance) => new(
        instance.Name,
        instance.Resource.Name,
        instance.IsTool ? "Tool" : instance.Resource is ProjectResource ? "Project" : "Server",
        instance.Resource switch
        {
            ProjectResource project => Path.GetFileName(project.ProjectPath),
            ExecutableResource executable => Path.GetFileName(executable.Command),
            _ => instance.Resource.GetType().Name.Replace("ServerResource", "", StringComparison.Ordinal),
        },
        instance.State.ToString(),
        instance.IsHealthy,
        instance.Restarts,
        instance.ProcessId,
        instance.Resource.Endpoints.ToDictionary(endpoint => endpoint.Name, endpoint => $"{endpoint.UriScheme}://127.0.0.1:{endpoint.Ports[instance.Replica]}"),
        [.. Urls(instance)],
        [.. City.Needs(instance.Resource).Select(needed => needed.Name).Distinct()],
        instance.Log.Last(LastLines));

    private static IEnumerable<ResourceUrl> Urls(Instance instance)
    {
        foreach (var endpoint in instance.Resource.Endpoints.Where(endpoint => endpoint.IsExternal))
        {
            var url = $"{endpoint.UriScheme}://localhost:{endpoint.Ports[instance.Replica]}";
            yield return new(url, url);
        }

        if (instance.Replica > 0)
            yield break;
        foreach (var url in instance.Resource.Urls.Select(url => url()))
            yield return new(url.DisplayText ?? url.Url, url.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
    }
}

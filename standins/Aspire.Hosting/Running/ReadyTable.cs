using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>Where the city is to be reached, printed once everything is healthy.</summary>
internal static class ReadyTable
{
    public static void Print(IEnumerable<Resource> resources, string dashboard)
    {
        var rows = new List<(string Name, string Url)>();
        foreach (var resource in resources)
        {
            rows.AddRange(resource.Endpoints.Where(endpoint => endpoint.IsExternal).Select(endpoint => (resource.Name, $"{endpoint.UriScheme}://localhost:{endpoint.Ports[0]}")));
            rows.AddRange(resource.Urls.Select(url => url()).Select(url => (url.DisplayText ?? resource.Name, url.Url.Replace("127.0.0.1", "localhost"))));
        }

        rows.Add(("dashboard", dashboard));
        var width = rows.Max(row => row.Name.Length);
        Console.WriteLine();
        foreach (var (name, url) in rows)
            Console.WriteLine($"  {name.PadRight(width)}  {url}");
        Console.WriteLine();
    }
}

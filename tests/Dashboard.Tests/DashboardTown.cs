using System.Text.Json;
using OpenTelemetry.Exporter;
using SmartCity.StandIns.Tests.Hosting;

[assembly: AssemblyFixture(typeof(SmartCity.Dashboard.Tests.DashboardTown))]

namespace SmartCity.Dashboard.Tests;

/// <summary>One town with its dashboard for all tests.</summary>
public sealed class DashboardTown : IAsyncLifetime
{
    private Dictionary<string, string> _environment = [];

    internal Town Town { get; private set; } = null!;

    internal HttpClient Http => Town.Http;

    internal string LoginUrl => $"{Http.BaseAddress!.GetLeftPart(UriPartial.Authority).Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}/login?t=a-token-for-tests";

    internal string GrpcEndpoint => _environment["OTEL_EXPORTER_OTLP_ENDPOINT"];

    internal string HttpEndpoint { get; private set; } = "";

    internal string Key => _environment["OTEL_EXPORTER_OTLP_HEADERS"].Split('=')[1];

    public async ValueTask InitializeAsync()
    {
        Town = await Town.StartAsync();
        _environment = await Town.EnvironmentOfAsync("town-hall");
        var ports = JsonSerializer.Deserialize<Dictionary<string, int>>(await File.ReadAllTextAsync(Path.Combine(Town.Data, "ports.json")))!;
        HttpEndpoint = $"http://127.0.0.1:{ports["dashboard/otlp-http/0"]}";
    }

    public ValueTask DisposeAsync() => Town.DisposeAsync();

    internal Teller Teller(string service, OtlpExportProtocol protocol = OtlpExportProtocol.Grpc, string? key = null) =>
        new(service, protocol == OtlpExportProtocol.Grpc ? GrpcEndpoint : HttpEndpoint, key ?? Key, protocol);

    internal async Task<string> PageAsync(string address, string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept-Language", language } } };
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The page once it shows a text.</summary>
    internal async Task<string> PageWithAsync(string address, string text)
    {
        var page = "";
        await Town.EventuallyAsync(async () => (page = await PageAsync(address)).Contains(text, StringComparison.Ordinal));
        return page;
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using k8s.Models;
using SmartCity.Testing;

[assembly: AssemblyFixture(typeof(CityServers))]

namespace SmartCity.Deployment.Tests;

/// <summary>A service starts with the variables of its manifest and no others: the job migrates, the service waits for it and answers from outside its machine.</summary>
public sealed class StartTests(CityServers servers)
{
    private static readonly Manifests Base = Manifests.Read("base");

    [Theory]
    [InlineData("identity", "Identity/SmartCity.Identity")]
    [InlineData("place-registration", "PlaceRegistration/SmartCity.PlaceRegistration")]
    [InlineData("government-services", "GovernmentServices/SmartCity.GovernmentServices")]
    public async Task The_service_waits_for_its_job(string name, string project)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(servers);
        var broker = (await servers.BrokerSettingsAsync()).Single(setting => setting.Key == "ConnectionStrings:broker").Value!;
        var (http, grpc) = (FreePort(), FreePort());

        using var service = Start(project, Variables(Base.All<V1Deployment>().Single(deployment => deployment.Metadata.Name == name).Container()));
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System);
            service.HasExited.ShouldBeFalse();
            (await database.ScalarAsync<long>("SELECT count(*) FROM pg_tables WHERE tablename = 'migrations_history'")).ShouldBe(0, "the service left the database to the job");

            using var job = Start(project, Variables(Base.All<V1Job>().Single(job => job.Metadata.Name == $"{name}-migration").Container()));
            await job.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
            job.ExitCode.ShouldBe(0);

            using var client = new HttpClient();
            var outside = Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).FirstOrDefault(address => !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;
            await Eventually.Async(async () => await IsReadyAsync(client, new Uri($"http://{outside}:{http}/health/ready")), TimeSpan.FromMinutes(2));
            using var caller = new TcpClient();
            await caller.ConnectAsync(outside, grpc, CancellationToken.None);
            if (name != "government-services") return;

            // Replicas pass bookings on to each other: each must name an address that leads to it from another pod.
            await Eventually.Async(async () => await database.ScalarAsync<long>("SELECT count(*) FROM booking_replica") == 1);
            (await database.ScalarAsync<string>("SELECT address FROM booking_replica")).ShouldBe($"http://{outside}:{http}/");
        }
        finally
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync(CancellationToken.None);
        }

        Dictionary<string, string> Variables(V1Container container) => container.Env.ToDictionary(variable => variable.Name, variable => variable.Name switch
        {
            "ASPNETCORE_URLS" => variable.Value.Replace("8080", $"{http}", StringComparison.Ordinal),
            "GRPC_PORT" => $"{grpc}",
            "ConnectionStrings__broker" => broker,
            var text when text.StartsWith("ConnectionStrings__", StringComparison.Ordinal) => database.ConnectionString,
            "OTEL_EXPORTER_OTLP_ENDPOINT" => "",
            "Identity__Issuer" or "OpenData__Address" or "Certificates__Address" => "https://city.example/identity",
            _ => variable.Value ?? "a secret of a test that is long enough to be taken for one",
        });
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, Uri address)
    {
        try
        {
            return (await client.GetAsync(address)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Process Start(string project, Dictionary<string, string> variables)
    {
        var file = Path.Combine(Manifests.Root(), "services", project, "bin", "Debug", "net10.0", $"{Path.GetFileName(project)}.dll");
        var start = new ProcessStartInfo("dotnet", [file]) { WorkingDirectory = Path.GetDirectoryName(file), UseShellExecute = false };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

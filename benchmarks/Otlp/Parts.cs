using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SmartCity.Dashboard;
using SmartCity.Dashboard.Telemetry;
using SmartCity.ServiceDefaults;

namespace SmartCity.Benchmarks.Otlp;

/// <summary>The processes that take part.</summary>
internal static class Parts
{
    public const string Key = "benchmark";

    public static Process Start(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Parts).Assembly.Location, .. arguments]) { RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task DashboardAsync(int[] ports)
    {
        await using var dashboard = await DashboardServer.StartAsync(new NothingRuns(), new DashboardOptions(ports[0], ports[1], ports[2], Key, Key, new TelemetryLimits()), CancellationToken.None);
        await UntilTheParentEndsAsync();
    }

    /// <summary>A receiver of OTLP over gRPC and HTTP that reads what comes and answers: what the transport alone costs.</summary>
    public static async Task SinkAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http1));
        await using var app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            return Results.Bytes([], "application/x-protobuf");
        });
        await app.StartAsync();
        await UntilTheParentEndsAsync();
    }

    /// <summary>A service with the city's defaults, whose one request is one durable write.</summary>
    public static async Task ServiceAsync(int port, string database)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("URLS", $"http://127.0.0.1:{port}")]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddServiceDefaults("benchmark", typeof(Parts).Assembly);
        builder.Services.AddSingleton(NpgsqlDataSource.Create(database));
        await using var app = builder.Build();
        app.UseServiceDefaults();
        app.MapFeatures().MapPost("/visits", async (NpgsqlDataSource source) =>
        {
            await using var command = source.CreateCommand("INSERT INTO visits (id) VALUES ($1)");
            command.Parameters.AddWithValue(Guid.CreateVersion7());
            await command.ExecuteNonQueryAsync();
        }).AllowEveryone();
        await app.StartAsync();
        await UntilTheParentEndsAsync();
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static Task UntilTheParentEndsAsync() => Console.In.ReadToEndAsync();

    private sealed class NothingRuns : IRunningResources
    {
        public IReadOnlyList<RunningResource> All => [];

        public IReadOnlyList<ResourceVariable> Environment(string name) => [];

        public ConsoleLines Console(string name, long after) => new(after, []);

        public IReadOnlyList<string> ConsoleFiles(string name) => [];

        public Task<bool> CommandAsync(string name, string command) => Task.FromResult(false);
    }
}

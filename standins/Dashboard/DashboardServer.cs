using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmartCity.Dashboard.Alerts;
using SmartCity.Dashboard.Otlp;
using SmartCity.Dashboard.Pages;
using SmartCity.Dashboard.Telemetry;

namespace SmartCity.Dashboard;

/// <summary>Where the dashboard listens, always on localhost, and what opens it.</summary>
/// <param name="Port">Port of the pages.</param>
/// <param name="OtlpGrpcPort">Port of OTLP over gRPC.</param>
/// <param name="OtlpHttpPort">Port of OTLP over HTTP.</param>
/// <param name="Token">Opens the pages and the API.</param>
/// <param name="OtlpKey">Lets a service tell something.</param>
/// <param name="Limits">How much telemetry is kept.</param>
public sealed record DashboardOptions(int Port, int OtlpGrpcPort, int OtlpHttpPort, string Token, string OtlpKey, TelemetryLimits Limits);

/// <summary>
/// What runs and what it tells, for devops: resources, consoles, logs, traces, metrics, and the city's loop at a glance. Pages are rendered here; a
/// script of our own only brings in what is newer.
/// </summary>
public sealed class DashboardServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DashboardServer(WebApplication app, DashboardOptions options, TelemetryStore store)
    {
        _app = app;
        Store = store;
        LoginUrl = $"http://localhost:{options.Port}/login?t={Uri.EscapeDataString(options.Token)}";
    }

    /// <summary>The address that opens the pages in a browser.</summary>
    public string LoginUrl { get; }

    internal TelemetryStore Store { get; }

    /// <summary>Starts it.</summary>
    /// <param name="resources">What runs.</param>
    /// <param name="options">Where it listens and what opens it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<DashboardServer> StartAsync(IRunningResources resources, DashboardOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 16 * 1024 * 1024;
            kestrel.ListenLocalhost(options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.ListenLocalhost(options.OtlpHttpPort, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.ListenLocalhost(options.OtlpGrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        });

        var store = new TelemetryStore(options.Limits);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(resources);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(AlertBook.Shipped());
        builder.Services.AddSingleton<AlertWatch>().AddHostedService(services => services.GetRequiredService<AlertWatch>());
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<Words>();
        builder.Services.AddRazorComponents();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = 16 * 1024 * 1024);

        var app = builder.Build();
        app.UseAccess(options);
        app.MapOtlp(store, options.OtlpGrpcPort, options.OtlpHttpPort);
        app.MapGroup("").RequireHost($"*:{options.Port}").MapPages();
        await app.StartAsync(cancellationToken);
        return new(app, options, store);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

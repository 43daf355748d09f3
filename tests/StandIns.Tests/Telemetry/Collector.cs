using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StandIns.Tests.Telemetry;

/// <summary>An OTLP/HTTP receiver on a real port that keeps what it is sent.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        Receive("/v1/traces", StandIns.Tests.Telemetry.Traces.Parser, Traces);
        Receive("/v1/metrics", StandIns.Tests.Telemetry.Metrics.Parser, Metrics);
        Receive("/v1/logs", StandIns.Tests.Telemetry.Logs.Parser, Logs);
    }

    public Uri Address => new(_app.Urls.Single());

    public ConcurrentQueue<Traces> Traces { get; } = [];

    public ConcurrentQueue<Metrics> Metrics { get; } = [];

    public ConcurrentQueue<Logs> Logs { get; } = [];

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Receive<T>(string path, MessageParser<T> parser, ConcurrentQueue<T> received)
        where T : IMessage<T> =>
        _app.MapPost(path, async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
            received.Enqueue(parser.ParseFrom(body.ToArray()));
            return Results.Bytes([], "application/x-protobuf");
        });
}

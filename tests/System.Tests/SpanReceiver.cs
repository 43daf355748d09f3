using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StandIns.Tests.Telemetry;

namespace SmartCity.System.Tests;

/// <summary>An OTLP/HTTP receiver of the city's telemetry that keeps the newest spans and lets go of everything else.</summary>
internal sealed class SpanReceiver : IAsyncDisposable
{
    private const int MostKept = 50_000;

    private readonly ConcurrentQueue<Seen> spans = new();
    private readonly WebApplication app;

    public SpanReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/v1/traces", async (HttpRequest request, CancellationToken cancellationToken) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            Keep(Traces.Parser.ParseFrom(body.ToArray()));
            return Results.Bytes([], "application/x-protobuf");
        });
        app.MapPost("/v1/{signal}", () => Results.Bytes([], "application/x-protobuf"));
    }

    public string Address => app.Urls.Single();

    /// <summary>The traces of which a span of the service has the name.</summary>
    public IEnumerable<IReadOnlyCollection<Seen>> TracesOf(string service, string name)
    {
        var newest = spans.ToArray();
        var wanted = newest.Where(span => span.Service == service && span.Name == name).Select(span => span.Trace).ToHashSet();
        return newest.Where(span => wanted.Contains(span.Trace)).GroupBy(span => span.Trace, (_, trace) => trace.ToArray());
    }

    public Task StartAsync() => app.StartAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Keep(Traces batch)
    {
        foreach (var process in batch.ResourceSpans)
        {
            var service = string.Intern(process.Resource.Attributes.Single(attribute => attribute.Key == "service.name").Value.Text);
            foreach (var scope in process.ScopeSpans)
            {
                foreach (var span in scope.Spans) spans.Enqueue(new Seen(Convert.ToHexStringLower(span.TraceId.Span), service, string.Intern(scope.Scope.Name), span.Name));
            }
        }

        while (spans.Count > MostKept) spans.TryDequeue(out _);
    }

    /// <summary>A span: whose trace it belongs to, which service did it, and which library tells of it.</summary>
    internal sealed record Seen(string Trace, string Service, string Source, string Name);
}

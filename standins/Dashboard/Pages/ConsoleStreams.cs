using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SmartCity.Dashboard.Telemetry;

namespace SmartCity.Dashboard.Pages;

/// <summary>What moves: the lines of a console as they are printed, and the news that a page has something newer to show.</summary>
internal static class ConsoleStreams
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(300), s_newsEvery = TimeSpan.FromSeconds(2), s_atLeast = TimeSpan.FromSeconds(15);

    public static void MapConsoleStreams(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console/{name}/lines", (string name, long? after, string? q, IRunningResources running, TimeProvider time, CancellationToken cancellationToken) =>
            running.All.Any(one => one.Name == name) ? Results.ServerSentEvents(LinesAsync(running, name, after ?? 0, q, time, cancellationToken)) : Results.NotFound());

        routes.MapGet("/console/{name}/file", async (string name, IRunningResources running, HttpResponse response, CancellationToken cancellationToken) =>
        {
            if (running.All.All(one => one.Name != name))
            {
                response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            response.ContentType = "text/plain; charset=utf-8";
            response.Headers.ContentDisposition = $"attachment; filename=\"{name}.log\"";
            foreach (var path in running.ConsoleFiles(name))
            {
                await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                await file.CopyToAsync(response.Body, cancellationToken);
            }
        });

        routes.MapGet("/changes", (IRunningResources running, TelemetryStore store, TimeProvider time, CancellationToken cancellationToken) =>
            Results.ServerSentEvents(ChangesAsync(running, store, time, cancellationToken)));
    }

    private static async IAsyncEnumerable<SseItem<string>> LinesAsync(
        IRunningResources running, string name, long after, string? search, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var spoke = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = running.Console(name, after);
            var lines = next.Lines.Where(line => Matches(line, search)).ToList();
            if (lines.Count > 0 || time.GetElapsedTime(spoke) > s_atLeast)
            {
                // An empty event now and then keeps the connection open.
                yield return new(string.Join('\n', lines), "lines") { EventId = $"{next.Last}" };
                spoke = time.GetTimestamp();
            }

            after = next.Last;
            await Task.Delay(s_lookEvery, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> ChangesAsync(
        IRunningResources running, TelemetryStore store, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string, long) seen = default;
        var spoke = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = (string.Join(' ', running.All.Select(one => $"{one.Name} {one.State} {one.Healthy} {one.Restarts}")), store.Version);
            if (now != seen || time.GetElapsedTime(spoke) > s_atLeast)
            {
                yield return new(now == seen ? "same" : "newer", "change");
                (seen, spoke) = (now, time.GetTimestamp());
            }

            await Task.Delay(s_newsEvery, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public static bool Matches(string line, string? search) => string.IsNullOrEmpty(search) || line.Contains(search, StringComparison.OrdinalIgnoreCase);
}

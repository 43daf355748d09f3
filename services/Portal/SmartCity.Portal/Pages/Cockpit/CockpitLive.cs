using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.Portal.Calls;
using SmartCity.Portal.Session;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages.Cockpit;

/// <summary>Tells an open cockpit that a figure has changed. The figures themselves come with the page: there is one way to draw them.</summary>
internal static class CockpitLive
{
    public static void Map(WebApplication app) => app.MapGet("/cockpit/live", HandleAsync).ExcludeFromDescription()
        .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);

    private static async Task<IResult> HandleAsync(string? cell, SignedIn person, IHttpClientFactory clients, CancellationToken cancellationToken)
    {
        if (cell is not null && !GridCell.TryParse(cell, out _)) return TypedResults.NotFound();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://early-warning/early-warning/v1/cockpit/stream{(cell is null ? null : $"?cell={cell}")}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await person.AccessTokenAsync());
        try
        {
            var answer = await clients.CreateClient(nameof(City)).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.IsSuccessStatusCode) return TypedResults.ServerSentEvents(RelayAsync(answer, cancellationToken));
            answer.Dispose();
        }
        catch (HttpRequestException)
        {
            // The page says that it is not live, and the browser tries again.
        }

        return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    private static async IAsyncEnumerable<SseItem<string>> RelayAsync(HttpResponseMessage answer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var source = answer;
        await using var stream = await source.Content.ReadAsStreamAsync(cancellationToken);
        await using var events = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events)) yield return new SseItem<string>(events.Current.EventId ?? "", events.Current.EventType);
    }

    /// <summary>A source that breaks off is an end: the browser comes back.</summary>
    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (IOException)
        {
            return false;
        }
    }
}

using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.Portal.Calls;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages.Venue;

/// <summary>What a browser scanned without a network goes on to place registration, line by line, with the session's token. Its answer says which lines are done.</summary>
internal static class HandInScans
{
    private const long MostBytes = 512 * 1024;

    public static void Map(WebApplication app) => app.MapPost("/venue/devices/{id:guid}/scans", HandleAsync)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MostBytes))
        .ExcludeFromDescription()
        .Allow(Roles.VenueOperator);

    private static async Task<Results<ContentHttpResult, JsonHttpResult<Problem>, BadRequest>> HandleAsync(
        Guid id, HttpContext context, IAntiforgery antiforgery, City city, CancellationToken cancellationToken)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return TypedResults.BadRequest();
        var lines = new StreamContent(context.Request.Body) { Headers = { ContentType = new("application/x-ndjson") } };
        var answer = await city.PostAsync<string>($"/place-registration/v1/devices/{id}/scans", lines, null, cancellationToken);
        return answer.Value is { } said
            ? TypedResults.Content(said, "application/x-ndjson")
            : TypedResults.Json(answer.Problem!, City.Json, "application/problem+json", answer.Problem!.Status);
    }
}

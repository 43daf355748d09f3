using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Open311;

/// <summary>Somebody's app sends a report as GeoReport has it, as a form. The same content from the same person within a day is the same report.</summary>
internal static class FileOpen311Request
{
    private const int LongestText = 2000;

    public static void Map(IEndpointRouteBuilder features) => features.MapPost($"/requests.{GeoReport.Format}", HandleAsync)
        .WithName("FileOpen311Request")
        .WithSummary("Sends a report as a form (application/x-www-form-urlencoded).")
        .WithDescription("Fields: service_code; description, at most 2000 characters; lat and long in degrees where it is about a place. Instead of api_key, the access token in the header Authorization.")
        .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(string), ["application/json", "text/xml"]))
        .WithExample(answer: """[{"service_request_id":"01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10","service_notice":"Traffic and transport"}]""")
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<ContentHttpResult, Refusal>> HandleAsync(
        string format, HttpRequest request, Caller caller, ReceiveReport receive, CityDirectory directory, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType) return new Refusal("media_type_unsupported", StatusCodes.Status415UnsupportedMediaType);
        if (await ReadAsync(request, cancellationToken) is not { } form) return Refusal.Invalid("form_invalid");
        var (code, text) = (form["service_code"].ToString(), form["description"].ToString().Trim());
        if (text.Length is 0 or > LongestText || text.Contains('\0')) return Refusal.Invalid("description_invalid", "description", LongestText);
        if (!TryPosition(form["lat"], form["long"], out var position)) return Refusal.Invalid("position_invalid", "lat");

        var now = clock.GetUtcNow();
        var content = new FileReportRequest(code, text, position);
        // GeoReport knows no key of a write: content and day make one.
        var hash = personalData.Of((content, DateOnly.FromDateTime(now.UtcDateTime)));
        var (report, refused) = await receive.FromAsync(
            new Sender(caller.AccountId, caller.Actor, ReportChannel.Open311), content, new Guid(hash.AsSpan(0, 16)), hash, now, cancellationToken);
        if (report is null) return refused!.Code == "category_unknown" ? refused with { Field = "service_code" } : refused;

        return GeoReport.Write(
            format, "service_requests", "request",
            [new JsonObject { ["service_request_id"] = report.Id.ToString(), ["service_notice"] = directory.NameOfDepartment(report.Department) }],
            StatusCodes.Status201Created);
    }

    private static async Task<IFormCollection?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.ReadFormAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            return null;
        }
    }

    private static bool TryPosition(string? latitude, string? longitude, out Position? position)
    {
        position = null;
        if (string.IsNullOrEmpty(latitude) && string.IsNullOrEmpty(longitude)) return true;
        if (!double.TryParse(latitude, CultureInfo.InvariantCulture, out var lat) || !double.TryParse(longitude, CultureInfo.InvariantCulture, out var lon)) return false;
        position = new Position(lat, lon);
        return lat is >= -90 and <= 90 && lon is >= -180 and <= 180;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Open311;

/// <summary>Everybody follows what was reported and what became of it. The text, its author and the exact position stay with the department: the place is a grid cell's middle.</summary>
internal static class Open311Requests
{
    private const int Most = 1000;
    private const int MostIds = 50;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet($"/requests.{GeoReport.Format}", ListAsync)
            .WithName("ListOpen311Requests")
            .WithSummary("Reports by number, kind, state and time of receipt: at most 1000 of at most 90 days, the last first.")
            .AnswersInBoth("""[{"service_request_id":"01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10","status":"open","service_code":"traffic","requested_datetime":"2026-03-01T08:00:00+00:00"}]""")
            .AllowEveryone();
        features.MapGet($"/requests/{{id:guid}}.{GeoReport.Format}", ShowAsync)
            .WithName("ShowOpen311Request")
            .WithSummary("One report.")
            .AnswersInBoth("""[{"service_request_id":"01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10","status":"closed","service_code":"traffic","requested_datetime":"2026-03-01T08:00:00+00:00"}]""")
            .AllowEveryone();
        features.MapGet($"/tokens/{{id:guid}}.{GeoReport.Format}", ShowTokenAsync)
            .WithName("ShowOpen311Token")
            .WithSummary("The number of a report by its token: here they are the same, a report is in the ledger at once.")
            .AnswersInBoth("""[{"service_request_id":"01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10","token":"01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10"}]""")
            .AllowEveryone();
    }

    private static async Task<Results<ContentHttpResult, Refusal>> ListAsync(
        string format, string? service_request_id, string? service_code, string? status, string? start_date, string? end_date, HttpRequest request, GovernmentServicesDb db,
        CityDirectory directory, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var reports = db.Reports.AsNoTracking();
        if (service_request_id is { Length: > 0 })
        {
            var texts = service_request_id.Split(',', StringSplitOptions.TrimEntries);
            var ids = texts.Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).ToArray();
            if (ids.Length > MostIds || ids.Contains(Guid.Empty)) return Refusal.Invalid("request_id_invalid", "service_request_id", MostIds);
            reports = reports.Where(report => ids.Contains(report.Id));
        }
        else
        {
            // Without dates, the last 90 days (GeoReport's default span).
            if (!TryTime(end_date, now, out var until) || !TryTime(start_date, until - Longest, out var from)) return Refusal.Invalid("time_invalid", "start_date");
            if (until - from > Longest) from = until - Longest;
            reports = reports.Where(report => report.ReceivedAt >= from && report.ReceivedAt <= until);
            if (service_code is { Length: > 0 })
            {
                var codes = service_code.Split(',', StringSplitOptions.TrimEntries);
                reports = reports.Where(report => codes.Contains(report.Category));
            }

            if (status is { Length: > 0 })
            {
                var states = status.Split(',', StringSplitOptions.TrimEntries);
                if (states.Except(["open", "closed"]).Any()) return Refusal.Invalid("status_invalid", "status");
                if (states.Distinct().Count() == 1) reports = reports.Where(report => report.AnsweredAt != null == (states[0] == "closed"));
            }
        }

        var rows = await reports.OrderByDescending(report => report.ReceivedAt).Take(Most).ToListAsync(cancellationToken);
        return await WriteAsync(rows, format, request, db, directory, cancellationToken);
    }

    private static async Task<Results<ContentHttpResult, Refusal>> ShowAsync(
        Guid id, string format, HttpRequest request, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken) =>
        await db.Reports.AsNoTracking().SingleOrDefaultAsync(report => report.Id == id, cancellationToken) is { } report
            ? await WriteAsync([report], format, request, db, directory, cancellationToken)
            : Refusal.NotFound();

    private static async Task<Results<ContentHttpResult, Refusal>> ShowTokenAsync(Guid id, string format, GovernmentServicesDb db, CancellationToken cancellationToken) =>
        await db.Reports.AnyAsync(report => report.Id == id, cancellationToken)
            ? GeoReport.Write(format, "service_requests", "request", [new JsonObject { ["service_request_id"] = id.ToString(), ["token"] = id.ToString() }])
            : Refusal.NotFound();

    private static async Task<ContentHttpResult> WriteAsync(
        IReadOnlyList<Report> reports, string format, HttpRequest request, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        Guid?[] ids = [.. reports.Select(report => (Guid?)report.Id)];
        var released = await db.Attachments.AsNoTracking().Where(file => ids.Contains(file.UsedBy) && file.ReleasedAt != null)
            .Select(file => new { file.UsedBy, file.Id }).ToListAsync(cancellationToken);
        var photos = released.ToLookup(file => file.UsedBy, file => ReportPhotos.PublicAddress(request, file.UsedBy!.Value, file.Id));
        return GeoReport.Write(format, "service_requests", "request", [.. reports.Select(report => View(report, photos[report.Id].FirstOrDefault(), directory))]);
    }

    private static JsonObject View(Report report, string? photo, CityDirectory directory)
    {
        var view = new JsonObject
        {
            ["service_request_id"] = report.Id.ToString(),
            ["status"] = report.AnsweredAt is null ? "open" : "closed",
            ["service_name"] = directory.NameOfCategory(report.Category),
            ["service_code"] = report.Category,
            ["agency_responsible"] = directory.NameOfDepartment(report.Department),
            ["requested_datetime"] = GeoReport.Time(report.ReceivedAt),
            ["updated_datetime"] = GeoReport.Time(report.AnsweredAt ?? report.ReceivedAt),
            ["expected_datetime"] = GeoReport.Time(report.DueAt),
        };
        if (report.State == ReportState.Merged) view["status_notes"] = string.Format(CultureInfo.CurrentUICulture, Texts.Of("Open311.Merged"), report.MergedInto);
        if (photo is not null) view["media_url"] = photo;
        if (report.Cell is { } text && GridCell.TryParse(text, out var cell))
        {
            var (latitude, longitude) = cell.Centre;
            view["lat"] = latitude;
            view["long"] = longitude;
        }

        return view;
    }

    private static bool TryTime(string? text, DateTimeOffset otherwise, out DateTimeOffset time)
    {
        time = otherwise;
        return text is null or "" || (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time)
            && time > DateTimeOffset.MinValue.AddYears(1));
    }
}

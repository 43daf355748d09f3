using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>
/// Somebody calls the hotline, comes to a counter, or opens the door, and has no account or does not say who they are. Who has one is served with their consent as
/// every proxy does it. They ask again with the report's number.
/// </summary>
internal static class DeskReports
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/desk/reports", FileAsync)
            .WithName("FileReportAtDesk")
            .WithTags("Reports at the desk")
            .WithSummary("Enters a report of somebody without an account, by hotline, counter or door. The answer's number is what they ask with later.")
            .Allow(Roles.CounterStaff, Roles.GridWorker)
            .WithExample(
                new DeskReportRequest(DeskChannel.Hotline, "traffic", "路灯不亮。 / The light is out.", new Position(31.2304, 121.4737), "13800000000"),
                Examples.MyReportSummary);
        features.MapGet("/desk/reports/{id:guid}", OpenAsync)
            .WithName("OpenReportAtDesk")
            .WithTags("Reports at the desk")
            .WithSummary("A report that came by a desk, to read to who asks for it by its number. That it was opened is recorded.")
            .Allow(Roles.CounterStaff, Roles.GridWorker)
            .WithExample(answer: Examples.MyReport)
            .AlsoReadAloud<MyReport>(ReadAloud.Sentences);
    }

    private static async Task<Results<Created<MyReportSummary>, Refusal>> FileAsync(
        DeskReportRequest request, IdempotencyKey key, Caller caller, ReceiveReport receive, CityDirectory directory, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var channel = request.Channel switch
        {
            DeskChannel.Hotline => ReportChannel.Hotline,
            DeskChannel.Counter => ReportChannel.Counter,
            DeskChannel.Door => ReportChannel.Door,
            _ => throw new InvalidOperationException($"Unknown channel {request.Channel}."),
        };
        var (report, refused) = await receive.FromAsync(
            new Sender(Account: null, caller.Actor, channel, request.CallBack),
            new FileReportRequest(request.Category, request.Text, request.Position, request.Photos), key.Value, personalData.Of(request), clock.GetUtcNow(), cancellationToken);
        return report is not null
            ? TypedResults.Created($"/government-services/v1/desk/reports/{report.Id}", MyReportSummary.Of(report, directory))
            : refused!;
    }

    private static async Task<Results<Ok<MyReport>, Refusal>> OpenAsync(
        Guid id, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        var report = await db.Reports.AsNoTracking().SingleOrDefaultAsync(report => report.Id == id && report.AccountId == null, cancellationToken);
        if (report is null) return Refusal.NotFound();
        await db.RecordReadingAsync(id, caller.Department ?? directory.Supervisor, caller.Actor, clock.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(await MyReport.OfAsync(report, db, directory, personalData, cancellationToken));
    }
}

/// <summary>A report at a desk.</summary>
/// <param name="Channel">By which way.</param>
/// <param name="Category">One of the published categories.</param>
/// <param name="Text">What was said, at most 2000 characters.</param>
/// <param name="Position">Where; absent where it is about no place.</param>
/// <param name="CallBack">The number to call back: digits, with + in front where it is abroad; absent where none was left.</param>
/// <param name="Photos">Photographs that the desk added as attachments, at most 5.</param>
public sealed record DeskReportRequest(
    DeskChannel Channel, [property: Required, StringLength(50)] string Category, [property: Required, StringLength(2000)] string Text, Position? Position = null,
    [property: RegularExpression(DeskReportRequest.Number)] string? CallBack = null, [property: Length(0, Report.MostPhotos)] IReadOnlyList<Guid>? Photos = null)
{
    internal const string Number = @"^\+?[0-9]{5,15}$";
}

/// <summary>By which way somebody without an account reports.</summary>
public enum DeskChannel
{
    /// <summary>By phone.</summary>
    Hotline,

    /// <summary>At a counter.</summary>
    Counter,

    /// <summary>To a grid worker at the door.</summary>
    Door,
}

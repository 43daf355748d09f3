using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>A department answers a citizen, once.</summary>
internal static class AnswerReport
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/department/reports/{id:guid}/answer", HandleAsync)
        .WithName("AnswerReport")
        .WithTags("Reports")
        .WithSummary("Answers a report in the queue of the caller's own department; the same answer sent again changes nothing, another one is refused.")
        .WithExample(Examples.Answer, Examples.Queued with { State = ReportState.Answered })
        .Allow(Roles.DepartmentOfficer);

    private static async Task<Results<Ok<DepartmentReportSummary>, Refusal>> HandleAsync(
        Guid id, AnswerReportRequest request, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var report = await db.Reports.SingleOrDefaultAsync(report => report.Id == id && report.Department == department, cancellationToken);
        if (report is null) return Refusal.NotFound();

        if (report.SealedAnswer is { } given)
        {
            return report.AnsweredBy == caller.Actor && personalData.Open(given, id) == request.Text
                ? TypedResults.Ok(DepartmentReportSummary.Of(report, directory))
                : Refusal.Conflict("report_answered");
        }

        report.Answer(personalData.Seal(request.Text, id), caller.Actor, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(DepartmentReportSummary.Of(report, directory));
    }
}

/// <summary>An answer.</summary>
/// <param name="Text">What the citizen reads, at most 2000 characters.</param>
public sealed record AnswerReportRequest([property: Required, StringLength(2000)] string Text);

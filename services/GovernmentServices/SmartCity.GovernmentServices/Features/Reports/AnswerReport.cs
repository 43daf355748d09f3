using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>A department answers a report, once a handling, and with it every report that was merged into it.</summary>
internal static class AnswerReport
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/department/reports/{id:guid}/answer", HandleAsync)
        .WithName("AnswerReport")
        .WithTags("Reports")
        .WithSummary("Answers a report in the queue of the caller's own department, and those merged into it; the same answer sent again changes nothing, another one is refused.")
        .Allow(Roles.DepartmentOfficer)
        .WithExample(new AnswerReportRequest("路灯已修好。 / The light has been mended."), Examples.DepartmentReportSummary);

    private static async Task<Results<Ok<DepartmentReportSummary>, Refusal>> HandleAsync(
        Guid id, AnswerReportRequest request, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var report = await db.Reports.OfDepartment(department).SingleOrDefaultAsync(report => report.Id == id, cancellationToken);
        if (report is null) return Refusal.NotFound();

        if (report.SealedAnswer is { } given)
        {
            return report.AnsweredBy == caller.Actor && personalData.Open(given, id) == request.Text
                ? TypedResults.Ok(DepartmentReportSummary.Of(report, directory))
                : Refusal.Conflict("report_answered");
        }

        if (report.MergedInto is { } primary) return Refusal.Conflict("report_merged", field: null, primary);
        var now = clock.GetUtcNow();
        var merged = await db.Reports.Where(other => other.MergedInto == id && other.AnsweredAt == null).ToListAsync(cancellationToken);
        foreach (var one in merged.Prepend(report)) one.Answer(personalData.Seal(request.Text, one.Id), caller.Actor, department, now);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(DepartmentReportSummary.Of(report, directory));
    }
}

/// <summary>An answer.</summary>
/// <param name="Text">What the citizen reads, at most 2000 characters.</param>
public sealed record AnswerReportRequest([property: Required, StringLength(2000)] string Text);

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A department takes note of a warning, once.</summary>
internal static class AcknowledgeWarning
{
    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/warnings/{id:guid}/acknowledgement", HandleAsync)
            .WithName("AcknowledgeWarning").WithTags("Warnings").WithSummary("Takes note of a warning for the caller's department; asked again, gives the first answer.")
            .WithExample(answer: new AcknowledgementView("public-security", WarningView.Example.IssuedAt!.Value.AddMinutes(4)))
            .Allow(Roles.DepartmentOfficer);
        features.MapGet("/warnings/{id:guid}/acknowledgements", ListAsync)
            .WithName("ListAcknowledgements").WithTags("Warnings").WithSummary("Which departments have taken note, and when.")
            .WithExample(answer: new Page<AcknowledgementView>([new AcknowledgementView("public-security", WarningView.Example.IssuedAt!.Value.AddMinutes(4))]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<AcknowledgementView>, Refusal>> HandleAsync(
        Guid id, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (!await db.Warnings.AnyAsync(warning => warning.Id == id && warning.IssuedAt != null, cancellationToken)) return Refusal.NotFound("warning_unknown");

        var acknowledgement = await db.Acknowledgements.FindAsync([id, department], cancellationToken);
        if (acknowledgement is null)
        {
            acknowledgement = new Acknowledgement { WarningId = id, Department = department, OfficerId = caller.Actor, AcknowledgedAt = clock.GetUtcNow() };
            db.Add(acknowledgement);
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(new AcknowledgementView(department, acknowledgement.AcknowledgedAt));
    }

    private static async Task<Results<Ok<Page<AcknowledgementView>>, Refusal>> ListAsync(
        Guid id, [AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!await db.Warnings.AnyAsync(warning => warning.Id == id, cancellationToken)) return Refusal.NotFound("warning_unknown");
        var rows = await db.Acknowledgements.AsNoTracking()
            .Where(acknowledgement => acknowledgement.WarningId == id && (page.After == null || acknowledgement.Department.CompareTo(page.After) > 0))
            .OrderBy(acknowledgement => acknowledgement.Department)
            .Take(page.Take + 1)
            .Select(acknowledgement => new AcknowledgementView(acknowledgement.Department, acknowledgement.AcknowledgedAt))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<AcknowledgementView>.From(rows, page.Take, acknowledgement => acknowledgement.Department));
    }

    /// <param name="Department">Which department.</param>
    /// <param name="AcknowledgedAt">When, UTC.</param>
    internal sealed record AcknowledgementView(string Department, DateTimeOffset AcknowledgedAt);
}

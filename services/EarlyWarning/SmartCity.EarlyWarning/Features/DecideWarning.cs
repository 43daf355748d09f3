using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A second person approves a warning; then it is issued, and may be cancelled. Doing again what was done answers the same.</summary>
internal static class DecideWarning
{
    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/warnings/{id:guid}/approval", (Guid id, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken) =>
                DecideAsync(id, db, warning => warning.Approve(caller.Actor, clock.GetUtcNow()), cancellationToken))
            .WithName("ApproveWarning").WithTags("Warnings").WithSummary("Agrees to a draft: nobody can who wrote or edited it.")
            .Allow(Roles.Approver);
        features.MapPost("/warnings/{id:guid}/issue", (Guid id, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken) =>
                DecideAsync(id, db, warning => Issue(warning, caller, db, clock.GetUtcNow()), cancellationToken))
            .WithName("IssueWarning").WithTags("Warnings").WithSummary("Makes an approved warning public.")
            .Allow(Roles.HealthOfficer);
        features.MapPost("/warnings/{id:guid}/cancellation", (Guid id, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken) =>
                DecideAsync(id, db, warning => warning.Cancel(caller.Actor, clock.GetUtcNow()), cancellationToken))
            .WithName("CancelWarning").WithTags("Warnings").WithSummary("Takes a public warning back.")
            .Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<WarningView>, Refusal>> DecideAsync(Guid id, EarlyWarningDb db, Func<Warning, string?> decide, CancellationToken cancellationToken)
    {
        if (await db.Warnings.SingleOrDefaultAsync(warning => warning.Id == id, cancellationToken) is not { } warning) return Refusal.NotFound("warning_unknown");
        if (decide(warning) is { } code) return code == "second_person_required" ? Refusal.Forbidden(code) : Refusal.Conflict(code);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    private static string? Issue(Warning warning, Caller caller, EarlyWarningDb db, DateTimeOffset now)
    {
        var before = warning.State;
        if (warning.Issue(caller.Actor, now) is { } code) return code;
        if (before != WarningState.Issued) db.Publish(new WarningIssued(warning.Id, warning.Cell, warning.Severity.ToString(), now, warning.ExpiresAt), warning.Id);
        return null;
    }
}

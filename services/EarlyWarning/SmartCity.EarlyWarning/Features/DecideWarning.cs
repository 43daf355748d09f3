using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A second person approves a warning; then it is issued, signed, and may be cancelled. Doing again what was done answers the same.</summary>
internal sealed class DecideWarning(EarlyWarningDb db, WarningSeal seal, IOptions<WarningOptions> options, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/warnings/{id:guid}/approval", (Guid id, Caller caller, DecideWarning decide, CancellationToken cancellationToken) => decide.ApproveAsync(id, caller, cancellationToken))
            .WithName("ApproveWarning").WithTags("Warnings").WithSummary("Agrees to a draft: nobody can who wrote or edited it.")
            .WithExample(answer: WarningView.Example with { State = WarningState.Approved, IssuedAt = null })
            .Allow(Roles.Approver);
        features.MapPost("/warnings/{id:guid}/issue", (Guid id, Caller caller, DecideWarning decide, CancellationToken cancellationToken) => decide.IssueAsync(id, caller, cancellationToken))
            .WithName("IssueWarning").WithTags("Warnings").WithSummary("Makes an approved warning public, signed; an update takes the place of the warning before it.")
            .WithExample(answer: WarningView.Example)
            .Allow(Roles.HealthOfficer);
        features.MapPost("/warnings/{id:guid}/cancellation", (Guid id, Caller caller, DecideWarning decide, CancellationToken cancellationToken) => decide.CancelAsync(id, caller, cancellationToken))
            .WithName("CancelWarning").WithTags("Warnings").WithSummary("Takes a public warning back. One person is enough: a false warning must not wait.")
            .WithExample(answer: WarningView.Example with { State = WarningState.Cancelled, CancelledAt = WarningView.Example.IssuedAt?.AddHours(1) })
            .Allow(Roles.HealthOfficer);
    }

    private async Task<Results<Ok<WarningView>, Refusal>> ApproveAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } warning) return Refusal.NotFound("warning_unknown");
        if (warning.Approve(caller.Actor, clock.GetUtcNow()) is { } code) return code == "second_person_required" ? Refusal.Forbidden(code) : Refusal.Conflict(code);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    private async Task<Results<Ok<WarningView>, Refusal>> IssueAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await FindAsync(id, cancellationToken) is not { } warning) return Refusal.NotFound("warning_unknown");
        if (warning.State == WarningState.Issued) return TypedResults.Ok(WarningView.Of(warning));

        var before = await BeforeAsync(warning, cancellationToken);
        if (warning.Issue(caller.Actor, before.SingleOrDefault(earlier => earlier.State == WarningState.Issued), now) is { } code) return Refusal.Conflict(code);
        warning.SignedAlert = await seal.SignAsync(CapAlert.Of(warning, before, options.Value), cancellationToken);
        db.Publish(new WarningIssued(warning.Id, warning.Cell, warning.Severity.ToString(), now, warning.ExpiresAt, warning.IsExercise, warning.FollowsId), warning.ThreadId);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    private async Task<Results<Ok<WarningView>, Refusal>> CancelAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } warning) return Refusal.NotFound("warning_unknown");
        if (warning.State == WarningState.Cancelled) return TypedResults.Ok(WarningView.Of(warning));
        if (warning.Cancel(caller.Actor, clock.GetUtcNow()) is { } code) return Refusal.Conflict(code);
        warning.SignedCancellation = await seal.SignAsync(CapAlert.CancellationOf(warning, await BeforeAsync(warning, cancellationToken), options.Value), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(WarningView.Of(warning));
    }

    private Task<Warning?> FindAsync(Guid id, CancellationToken cancellationToken) => db.Warnings.SingleOrDefaultAsync(warning => warning.Id == id, cancellationToken);

    /// <summary>The public warnings about the same matter, the oldest first.</summary>
    private Task<List<Warning>> BeforeAsync(Warning warning, CancellationToken cancellationToken) =>
        db.Warnings.Where(earlier => earlier.ThreadId == warning.ThreadId && earlier.Id != warning.Id && earlier.IssuedAt != null).OrderBy(earlier => earlier.IssuedAt).ToListAsync(cancellationToken);
}

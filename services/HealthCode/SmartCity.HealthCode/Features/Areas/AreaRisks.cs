using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// An officer accepts or rejects a level of risk that early warning proposed, or takes an accepted one back. From then on it is evidence about whoever lives
/// or was there; all of them are decided again, and everybody can read that it was done.
/// </summary>
internal static class AreaRisks
{
    /// <param name="Accept">Whether it holds.</param>
    public sealed record Decision(bool Accept);

    /// <param name="Id">The proposal.</param>
    /// <param name="Cell">Grid cell.</param>
    /// <param name="Level">The level.</param>
    /// <param name="Ground">What early warning rests it on.</param>
    /// <param name="ProposedAt">UTC.</param>
    /// <param name="ValidUntil">Exclusive, UTC.</param>
    /// <param name="Accepted">Absent until an officer decides.</param>
    /// <param name="WithdrawnAt">Since when it no longer holds, UTC.</param>
    public sealed record Entry(
        Guid Id, string Cell, AreaRisk Level, string Ground, DateTimeOffset ProposedAt, DateTimeOffset ValidUntil, bool? Accepted = null, DateTimeOffset? WithdrawnAt = null)
    {
        public static Entry Of(AreaRiskLevel risk) => new(
            risk.Id, risk.Cell, risk.Level, risk.Ground, risk.ProposedAt, risk.ValidUntil, risk.DecidedAt is null ? null : risk.Accepted, risk.WithdrawnAt);
    }

    private sealed record Published(Guid Id, string Cell, AreaRisk Level, DateTimeOffset ValidUntil);

    private static readonly Entry Example = new(
        Examples.Order, "3123N12147E", AreaRisk.High, "9 cases in 7 days where 1 is usual", Examples.Now, Examples.Now.AddDays(7));

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/area-risks", ListAsync)
            .WithName("ListAreaRisks")
            .WithSummary("Levels of risk proposed and decided, newest first")
            .WithExample(answer: new Page<Entry>([Example]))
            .Allow(Roles.HealthOfficer, Roles.Approver);
        features.MapPost("/area-risks/{id:guid}/decision", DecideAsync)
            .WithName("DecideAreaRisk")
            .WithSummary("Accept or reject a proposed level of risk")
            .WithExample(new Decision(true), Example with { Accepted = true })
            .Allow(Roles.HealthOfficer, Roles.Approver);
        features.MapPost("/area-risks/{id:guid}/withdrawal", WithdrawAsync)
            .WithName("WithdrawAreaRisk")
            .WithSummary("Take an accepted level of risk back; repeated, nothing more happens")
            .WithExample(answer: Example with { Accepted = true, WithdrawnAt = Examples.Now.AddDays(1) })
            .Allow(Roles.HealthOfficer, Roles.Approver);
    }

    private static async Task<Results<Ok<Page<Entry>>, Refusal>> ListAsync([AsParameters] PageQuery page, HealthCodeDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var last = after is { } id ? await db.AreaRisks.AsNoTracking().FirstOrDefaultAsync(risk => risk.Id == id, cancellationToken) : null;
        var risks = await db.AreaRisks.AsNoTracking()
            .Where(risk => last == null || risk.ProposedAt < last.ProposedAt || (risk.ProposedAt == last.ProposedAt && risk.Id < last.Id))
            .OrderByDescending(risk => risk.ProposedAt).ThenByDescending(risk => risk.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<Entry>.From([.. risks.Select(Entry.Of)], page.Take, entry => entry.Id.ToString()));
    }

    private static async Task<Results<Ok<Entry>, Refusal>> DecideAsync(
        Guid id, Decision decision, Caller caller, HealthCodeDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.AreaRisks.FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } risk) return Refusal.NotFound("area_risk_unknown");
        if (risk.DecidedAt is not null)
            return risk.Accepted == decision.Accept ? TypedResults.Ok(Entry.Of(risk)) : Refusal.Conflict("area_risk_decided_already");

        risk.Decide(decision.Accept, caller.Actor, now);
        if (decision.Accept) await PublishAsync(risk, PublicEntryKind.AreaRiskAccepted, db, now, cancellationToken);
        else await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(Entry.Of(risk));
    }

    private static async Task<Results<Ok<Entry>, Refusal>> WithdrawAsync(Guid id, HealthCodeDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.AreaRisks.FirstOrDefaultAsync(known => known.Id == id && known.Accepted, cancellationToken) is not { } risk)
            return Refusal.NotFound("area_risk_unknown");
        if (risk.WithdrawnAt is not null) return TypedResults.Ok(Entry.Of(risk));

        risk.Withdraw(now);
        await PublishAsync(risk, PublicEntryKind.AreaRiskWithdrawn, db, now, cancellationToken);
        return TypedResults.Ok(Entry.Of(risk));
    }

    private static async Task PublishAsync(AreaRiskLevel risk, PublicEntryKind kind, HealthCodeDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.Add(CityWalk.Start(WalkKind.Area, now, cell: risk.Cell));
        await db.SavePubliclyAsync(kind, new Published(risk.Id, risk.Cell, risk.Level, risk.ValidUntil), now, cancellationToken);
    }
}

using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// An officer who had no hand in it decides an appeal. Upheld, the contested evidence is withdrawn as if its source had done so: the code is decided again,
/// a case and the exposures that followed are undone everywhere.
/// </summary>
internal static partial class DecideAppeal
{
    /// <param name="Outcome">Upheld or dismissed.</param>
    /// <param name="Answer">What the person is told, and why.</param>
    public sealed record Request(AppealOutcome Outcome, [Required, StringLength(2000, MinimumLength = 5)] string Answer);

    /// <param name="Id">The appeal.</param>
    /// <param name="Outcome">What was decided.</param>
    /// <param name="DecidedAt">UTC.</param>
    /// <param name="Withdrawn">The evidence that was withdrawn.</param>
    public sealed record Decision(Guid Id, AppealOutcome Outcome, DateTimeOffset DecidedAt, IReadOnlyList<Guid> Withdrawn);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/appeals/{id:guid}/decision", HandleAsync)
        .WithName("DecideAppeal")
        .WithSummary("Decide an appeal; whoever had a hand in what is contested may not")
        .WithExample(
            new Request(AppealOutcome.Upheld, "The visit was made with your stolen phone. We are sorry."),
            new Decision(Examples.Order, AppealOutcome.Upheld, Examples.Now, [Examples.Citizen]))
        .Allow(Roles.HealthOfficer, Roles.Approver);

    private static async Task<Results<Ok<Decision>, Refusal>> HandleAsync(
        Guid id, Request request, Caller caller, HealthCodeDb db, PersonalData personalData, PolicyBook policies, TimeProvider clock, ILogger<Request> logger,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await db.Appeals.FirstOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } appeal) return Refusal.NotFound("appeal_unknown");
        if (appeal.Decide(request.Outcome, caller.Actor, personalData.Seal(request.Answer, id), now) is { } refusal) return Refusal.Conflict(refusal);

        Guid[] withdrawn = [];
        if (request.Outcome == AppealOutcome.Upheld)
        {
            var citizen = await db.Citizens.Include(person => person.Code).SingleAsync(person => person.Id == appeal.CitizenId, cancellationToken);
            var own = await db.Evidence.Where(fact => fact.CitizenId == citizen.Id && appeal.Evidence.Contains(fact.Id)).ToListAsync(cancellationToken);
            // What holds for a whole area is not withdrawn for one person; where they live or were can be corrected.
            if (own.Count < appeal.Evidence.Length) return Refusal.Conflict("appeal_evidence_not_personal");
            foreach (var evidence in own.Where(fact => fact.Holds)) await WithdrawAsync(evidence, citizen, db, policies, now, cancellationToken);
            await db.ReconsiderAsync(citizen, policies, ChangeCause.AppealUpheld, now, cancellationToken);
            withdrawn = [.. own.Select(fact => fact.Id)];
        }

        var kind = request.Outcome == AppealOutcome.Upheld ? NoticeKind.AppealUpheld : NoticeKind.AppealDismissed;
        db.Add(new Notice { CitizenId = appeal.CitizenId, Kind = kind, Reference = id, At = now });
        db.Add(ReadAppeals.Look(appeal, caller, now));
        await db.SaveChangesAsync(cancellationToken);
        Decided(logger, id);
        return TypedResults.Ok(new Decision(id, request.Outcome, now, withdrawn));
    }

    private static async Task WithdrawAsync(
        Evidence evidence, Citizen citizen, HealthCodeDb db, PolicyBook policies, DateTimeOffset now, CancellationToken cancellationToken)
    {
        evidence.Withdraw(now > evidence.StatedAt ? now : evidence.StatedAt);
        if (evidence.Kind == EvidenceKind.Exposure) db.Publish(new ExposureRefuted(evidence.Id, citizen.Id.Value, now), evidence.Id);
        if (await db.LabResults.FirstOrDefaultAsync(result => result.Id == evidence.Id, cancellationToken) is not { } result) return;
        result.Withdraw(WithdrawalReason.AppealUpheld, now);
        await WithdrawLabResult.WithdrawCaseAsync(result, citizen, policies.Require(citizen, now).Cases, db, now, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Appeal {AppealId} was decided")]
    private static partial void Decided(ILogger logger, Guid appealId);
}

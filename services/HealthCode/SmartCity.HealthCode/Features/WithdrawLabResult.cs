using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// The laboratory that reported a result, or a health officer, takes it back: code, case and, by the event, all that followed are undone.
/// </summary>
internal static partial class WithdrawLabResult
{
    /// <param name="Reason">Why it does not hold.</param>
    public sealed record Request(WithdrawalReason Reason);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/lab-results/{id:guid}/withdrawal", HandleAsync)
        .WithName("WithdrawLabResult")
        .WithSummary("Withdraw a laboratory result; repeated, nothing more happens")
        .WithExample(
            new Request(WithdrawalReason.SamplesMixedUp),
            LabResultReceipt.Example with { WithdrawnAt = Examples.Now.AddDays(1), WithdrawalReason = WithdrawalReason.SamplesMixedUp })
        .Allow(Roles.Laboratory, Roles.HealthOfficer);

    private static async Task<Results<Ok<LabResultReceipt>, Refusal>> HandleAsync(
        Guid id, Request request, Caller caller, HealthCodeDb db, PolicyBook policies, TimeProvider clock, ILogger<Request> logger,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is not { } policy) return PolicyBook.NotLoaded;
        var result = await db.LabResults.FirstOrDefaultAsync(known => known.Id == id, cancellationToken);
        if (result is null || !(caller.Is(Roles.HealthOfficer) || result.Laboratory == LabResultReceipt.LaboratoryOf(caller)))
            return Refusal.NotFound("lab_result_unknown");
        if (result.WithdrawnAt is not null) return TypedResults.Ok(LabResultReceipt.Of(result));

        var citizen = await db.Citizens.Include(person => person.Code).SingleAsync(person => person.Id == result.CitizenId, cancellationToken);
        var evidence = await db.EvidenceOfAsync(citizen, cancellationToken);
        result.Withdraw(request.Reason, now);
        evidence.Single(fact => fact.Id == id).Withdraw(now);
        await WithdrawCaseAsync(result, citizen, policy.Cases, db, now, cancellationToken);
        db.Record(citizen.Code.Reconsider(policies.Require(citizen, now), evidence, ChangeCause.ResultWithdrawn, now), citizen.HomeCell);
        await db.SaveChangesAsync(cancellationToken);

        Withdrawn(logger, id, request.Reason);
        return TypedResults.Ok(LabResultReceipt.Of(result));
    }

    /// <summary>The case that the result founded goes; where other positive results tell of the same illness, the earliest of them founds a new one.</summary>
    public static async Task WithdrawCaseAsync(
        LabResult result, Citizen citizen, CasePolicy policy, HealthCodeDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.Cases.FirstOrDefaultAsync(known => known.LabResultId == result.Id, cancellationToken) is not { } founded) return;

        var others = await db.LabResults
            .Where(other => other.CitizenId == citizen.Id && other.Id != result.Id && other.Outcome == LabOutcome.Positive && other.WithdrawnAt == null)
            .ToListAsync(cancellationToken);
        var heir = others.Where(other => founded.Covers(other, policy)).MinBy(other => (other.IllnessAt, other.Id));
        db.Publish(founded.Withdraw(now), founded.CitizenId.Value);
        if (heir is null) return;

        var confirmed = db.Add(ConfirmedCase.Confirm(policy, heir, citizen.HomeCell, now)).Entity;
        db.Publish(confirmed.ToEvent(), confirmed.CitizenId.Value);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Laboratory result {LabResultId} was withdrawn: {Reason}")]
    private static partial void Withdrawn(ILogger logger, Guid labResultId, WithdrawalReason reason);
}

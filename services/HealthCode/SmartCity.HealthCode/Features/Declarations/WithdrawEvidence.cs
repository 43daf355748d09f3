using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A health officer takes back evidence that was reported wrongly. Laboratory results have their own way, because cases follow from them.</summary>
internal static partial class WithdrawEvidence
{
    /// <param name="Reason">Why it does not hold.</param>
    public sealed record Request(WithdrawalReason Reason);

    private static readonly EvidenceKind[] Withdrawable = [EvidenceKind.RapidTest, EvidenceKind.Vaccination, EvidenceKind.Recovery, EvidenceKind.Temperature];

    public static void Map(RouteGroupBuilder features) => features.MapPost("/evidence/{id:guid}/withdrawal", HandleAsync)
        .WithName("WithdrawEvidence")
        .WithSummary("Withdraw a rapid test, vaccination, recovery or temperature that was reported wrongly; repeated, nothing more happens")
        .WithExample(new Request(WithdrawalReason.WrongPerson), EvidenceReceipt.Example with { Kind = EvidenceKind.RapidTest, WithdrawnAt = Examples.Now })
        .Allow(Roles.HealthOfficer);

    private static async Task<Results<Ok<EvidenceReceipt>, Refusal>> HandleAsync(
        Guid id, Request request, HealthCodeDb db, PolicyBook policies, TimeProvider clock, ILogger<Request> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await db.Evidence.FirstOrDefaultAsync(fact => fact.Id == id && Withdrawable.Contains(fact.Kind), cancellationToken) is not { } evidence)
            return Refusal.NotFound("evidence_unknown");
        if (!evidence.Holds) return TypedResults.Ok(EvidenceReceipt.Of(evidence));

        evidence.Withdraw(now > evidence.StatedAt ? now : evidence.StatedAt);
        var citizen = await db.Citizens.Include(person => person.Code).SingleAsync(person => person.Id == evidence.CitizenId, cancellationToken);
        await db.ReconsiderAsync(citizen, policies, ChangeCause.EvidenceWithdrawn, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        Withdrawn(logger, id, request.Reason);
        return TypedResults.Ok(EvidenceReceipt.Of(evidence));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Evidence {EvidenceId} was withdrawn: {Reason}")]
    private static partial void Withdrawn(ILogger logger, Guid evidenceId, WithdrawalReason reason);
}

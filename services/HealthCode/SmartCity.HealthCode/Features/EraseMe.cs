using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// A person has everything about them erased. The key that sealed their name, number and phone goes with it, so that what is left of them in
/// backups cannot be opened by anybody. Refused while they may infect others: then the record protects people.
/// </summary>
internal static partial class EraseMe
{
    /// <param name="ReceiptId">The receipt, as <c>GET /deletions</c> lists it.</param>
    /// <param name="ErasedAt">When, UTC.</param>
    /// <param name="Records">How many records went.</param>
    public sealed record Receipt(Guid ReceiptId, DateTimeOffset ErasedAt, int Records);

    public static void Map(RouteGroupBuilder me) => me.MapDelete("", HandleAsync)
        .WithName("EraseMe")
        .WithSummary("Erase everything about me; refused while my code is not green or an illness has not passed")
        .WithExample(answer: new Receipt(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero), 17))
        // Not for proxies: what cannot be undone is decided by the person.
        .Allow(Roles.Citizen);

    private static async Task<Results<Ok<Receipt>, Refusal>> HandleAsync(
        Caller caller, HealthCodeDb db, PolicyBook policies, KeptCodes kept, TimeProvider clock, ILogger<Receipt> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await CurrentCode.FindAsync(db, policies, person => person.AccountId == caller.AccountId, now, cancellationToken) is not { } citizen)
            return Refusal.NotFound("not_registered");
        if (citizen.Code.Color != CodeColor.Green || await db.Cases.AnyAsync(known => known.CitizenId == citizen.Id && known.WithdrawnAt == null && known.InfectiousUntil > now, cancellationToken))
            return Refusal.Conflict("erasure_too_early");

        var id = citizen.Id;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Whoever decides about the person at this moment waits, and then finds nobody.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM citizen_codes WHERE citizen_id = {id.Value} FOR UPDATE", cancellationToken);
        await db.PrintedCodes.Where(code => code.CitizenId == id).ExecuteUpdateAsync(
            set => set.SetProperty(code => code.CitizenId, (CitizenId?)null).SetProperty(code => code.RevokedAt, code => code.RevokedAt ?? now), cancellationToken);
        var records =
            await db.Evidence.Where(fact => fact.CitizenId == id).ExecuteDeleteAsync(cancellationToken)
            + await db.LabResults.Where(result => result.CitizenId == id).ExecuteDeleteAsync(cancellationToken)
            + await db.Cases.Where(known => known.CitizenId == id).ExecuteDeleteAsync(cancellationToken)
            + await db.Changes.Where(change => change.CitizenId == id).ExecuteDeleteAsync(cancellationToken)
            + await db.AccessLog.Where(look => look.CitizenId == id).ExecuteDeleteAsync(cancellationToken)
            + await db.Codes.Where(code => code.CitizenId == id).ExecuteDeleteAsync(cancellationToken)
            + await db.Database.ExecuteSqlAsync($"DELETE FROM keyring.person_keys WHERE id = {id.Value}", cancellationToken)
            + await db.Database.ExecuteSqlAsync($"DELETE FROM citizens WHERE id = {id.Value}", cancellationToken);
        var receipt = new Deletion { Id = Guid.CreateVersion7(now), At = now, What = Deletion.Person, Count = records };
        db.ChangeTracker.Clear();
        db.Add(receipt);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        kept.Forget(caller.AccountId);
        Erased(logger, receipt.Id);
        return TypedResults.Ok(new Receipt(receipt.Id, now, records));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A person was erased, receipt {ReceiptId}")]
    private static partial void Erased(ILogger logger, Guid receiptId);
}

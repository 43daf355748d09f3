using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Anybody checks that what is to be forgotten is: the periods, how old the oldest record of each kind is, and the receipts of deletions.</summary>
internal static class ShowRetention
{
    /// <param name="What">The kind of record.</param>
    /// <param name="Days">How long it is kept.</param>
    /// <param name="OldestDays">How many days old the oldest one is; absent where there is none.</param>
    public sealed record Kept(string What, int Days, int? OldestDays = null);

    /// <param name="Id">The receipt.</param>
    /// <param name="At">When, UTC.</param>
    /// <param name="What">The kind of record, or <c>person</c> where somebody had everything erased.</param>
    /// <param name="Count">How many records.</param>
    /// <param name="OlderThan">What was older, UTC; absent for a person.</param>
    public sealed record Receipt(Guid Id, DateTimeOffset At, string What, int Count, DateTimeOffset? OlderThan = null);

    public static void Map(RouteGroupBuilder features)
    {
        var at = new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);
        features.MapGet("/retention", KeptAsync)
            .WithName("ShowRetention").WithSummary("How long what is kept, and how old the oldest is")
            .WithExample(answer: new[] { new Kept("evidence:exposure", 400, 12) })
            .Allow(Roles.Auditor, Roles.HealthOfficer);
        features.MapGet("/deletions", ReceiptsAsync)
            .WithName("ListDeletions").WithSummary("Receipts of what was deleted, newest first")
            .WithExample(answer: new Page<Receipt>([new Receipt(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), at, "evidence:negativeResult", 4212, at.AddDays(-60))]))
            .Allow(Roles.Auditor, Roles.HealthOfficer);
    }

    private static async Task<Ok<Kept[]>> KeptAsync(HealthCodeDb db, IOptions<RetentionSettings> settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var evidence = await db.Evidence.GroupBy(fact => fact.Kind).Select(group => new { group.Key, Oldest = group.Min(fact => fact.At) }).ToListAsync(cancellationToken);
        var oldest = evidence.ToDictionary(group => ForgetOldData.Word(group.Key), group => (DateTimeOffset?)group.Oldest);
        oldest["history"] = await db.Changes.MinAsync(change => (DateTimeOffset?)change.ChangedAt, cancellationToken);
        oldest["accessLog"] = await db.AccessLog.MinAsync(look => (DateTimeOffset?)look.At, cancellationToken);
        oldest["printedCodes"] = await db.PrintedCodes.MinAsync(code => (DateTimeOffset?)code.ValidUntil, cancellationToken);
        return TypedResults.Ok(ForgetOldData.Kinds(settings.Value)
            .Select(kind => new Kept(kind.What, kind.Days, oldest.GetValueOrDefault(kind.What) is { } since ? Math.Max(0, (int)(now - since).TotalDays) : null)).ToArray());
    }

    private static async Task<Results<Ok<Page<Receipt>>, Refusal>> ReceiptsAsync([AsParameters] PageQuery page, HealthCodeDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var rows = await db.Deletions.Where(one => after == null || one.Id < after).OrderByDescending(one => one.Id).Take(page.Take + 1)
            .Select(one => new Receipt(one.Id, one.At, one.What, one.Count, one.OlderThan)).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<Receipt>.From(rows, page.Take, row => row.Id.ToString()));
    }
}

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>An officer asks about visits from paper lists that were sampled, and notes whether they are true. Whose visit it is, is not shown.</summary>
internal static class CheckTruth
{
    private static readonly SampleView Example = new(
        Guid.Parse("0198f1c2-77a0-7b31-8c11-90d2f3a4b002"), Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"), new DateTimeOffset(2026, 3, 3, 4, 0, 0, TimeSpan.Zero), null);

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/truth-samples", ListAsync).WithName("ListTruthSamples").WithTags("Visits")
            .WithSummary("Visits from paper lists that were sampled and not asked about yet, oldest first.")
            .WithExample(answer: new Page<SampleView>([Example])).Allow(Roles.HealthOfficer);
        features.MapPut("/truth-samples/{visitId:guid}", NoteAsync).WithName("NoteTruth").WithTags("Visits")
            .WithSummary("Notes whether a sampled visit is true.")
            .WithExample(new TruthNote(true), Example with { IsTrue = true }).Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<Page<SampleView>>, Refusal>> ListAsync([AsParameters] PageQuery page, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var rows = await db.TruthSamples.AsNoTracking()
            .Where(sample => sample.IsTrue == null && (after == null || sample.VisitId.CompareTo(after.Value) > 0))
            .OrderBy(sample => sample.VisitId).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<SampleView>.From([.. rows.Select(SampleView.Of)], page.Take, view => view.VisitId.ToString()));
    }

    private static async Task<Results<Ok<SampleView>, Refusal>> NoteAsync(
        Guid visitId, TruthNote request, Caller caller, PlaceRegistrationDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.TruthSamples.SingleOrDefaultAsync(sample => sample.VisitId == visitId, cancellationToken) is not { } sample) return Refusal.NotFound("visit_unknown");
        (sample.IsTrue, sample.CheckedBy, sample.CheckedAt) = (request.IsTrue, caller.AccountId, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(SampleView.Of(sample));
    }
}

/// <summary>What asking about a visit gave.</summary>
/// <param name="IsTrue">It was as the list says.</param>
public sealed record TruthNote(bool IsTrue);

/// <summary>A sampled visit.</summary>
/// <param name="VisitId">The visit.</param>
/// <param name="PlaceId">Where.</param>
/// <param name="ArrivedAt">When, UTC.</param>
/// <param name="IsTrue">What asking gave; absent while nobody has asked.</param>
public sealed record SampleView(Guid VisitId, Guid PlaceId, DateTimeOffset ArrivedAt, bool? IsTrue)
{
    internal static SampleView Of(TruthSample sample) => new(sample.VisitId, sample.PlaceId, sample.ArrivedAt, sample.IsTrue);
}

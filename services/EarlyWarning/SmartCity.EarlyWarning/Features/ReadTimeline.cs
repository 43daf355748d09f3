using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Officers read what was told of when: the single facts behind the numbers of a review.</summary>
internal static class ReadTimeline
{
    public static void Map(RouteGroupBuilder features) => features.MapGet("/timeline", HandleAsync)
        .WithName("ReadTimeline").WithTags("Reviews").WithSummary("What every service told of a kind between two moments, the end not included, in a cell or everywhere; what was withdrawn is left out.")
        .WithExample(answer: new Page<EntryView>([new EntryView(TimelineKind.Case, "019b0000-0000-7000-8000-000000000007", new DateTimeOffset(2026, 3, 20, 3, 0, 0, TimeSpan.Zero), "3123N12147E", null, 1)]))
        .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);

    private static async Task<Results<Ok<Page<EntryView>>, Refusal>> HandleAsync(
        Word<TimelineKind> kind, DateTimeOffset from, DateTimeOffset to, string? cell, [AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (cell is not null && !GridCell.TryParse(cell, out _)) return Refusal.Invalid("cell_invalid", "cell");
        var rows = await Of(db, from, to, cell).Where(entry => entry.Kind == kind.Value && (page.After == null || entry.Key.CompareTo(page.After) > 0))
            .OrderBy(entry => entry.Key).Take(page.Take + 1)
            .Select(entry => new EntryView(entry.Kind, entry.Key, entry.At!.Value, entry.Cell, entry.Subject, entry.Count))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<EntryView>.From(rows, page.Take, entry => entry.Key));
    }

    /// <summary>What stands of a period; facts without a cell are everywhere's.</summary>
    public static IQueryable<TimelineEntry> Of(EarlyWarningDb db, DateTimeOffset from, DateTimeOffset to, string? cell)
    {
        var (first, end) = (from.ToUniversalTime(), to.ToUniversalTime());
        return db.Timeline.AsNoTracking().Where(entry => entry.At >= first && entry.At < end && (entry.WithdrawnAt == null || entry.WithdrawnAt < entry.At) && (cell == null || entry.Cell == cell || entry.Cell == null));
    }

    /// <param name="Kind">What.</param>
    /// <param name="Key">The fact's id at the service that told it; cell, colour and hour for changes of codes.</param>
    /// <param name="At">When, UTC.</param>
    /// <param name="Cell">Where; absent where unknown.</param>
    /// <param name="Subject">More about what.</param>
    /// <param name="Count">How many: 1, but for changes of codes.</param>
    internal sealed record EntryView(TimelineKind Kind, string Key, DateTimeOffset At, string? Cell, string? Subject, int Count);
}

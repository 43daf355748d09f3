using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>Everybody reads what the departments say, and what they said before they corrected it.</summary>
internal static class ReadBulletins
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/bulletins", ListAsync)
            .WithName("ListBulletins")
            .WithTags("Bulletins")
            .WithSummary("Bulletins as they now stand, newest first; all, or one kind: announcement, bulletin, policy or rumourRebuttal.")
            .WithExample(answer: new Page<BulletinView>([Examples.Bulletin]))
            .AllowEveryone();
        features.MapGet("/bulletins/{id:guid}", ShowAsync)
            .WithName("ShowBulletin")
            .WithTags("Bulletins")
            .WithSummary("A bulletin as it now stands.")
            .WithExample(answer: Examples.Bulletin)
            .AllowEveryone();
        features.MapGet("/bulletins/{id:guid}/revisions", ListRevisionsAsync)
            .WithName("ListBulletinRevisions")
            .WithTags("Bulletins")
            .WithSummary("Everything that a bulletin has said, newest first, with the reason of each correction.")
            .WithExample(answer: new Page<BulletinRevisionView>([Examples.Revision]))
            .AllowEveryone();
    }

    private static async Task<Results<PublicAnswer<Page<BulletinView>>, Refusal>> ListAsync(
        Word<BulletinKind>? kind, [AsParameters] PageQuery page, GovernmentServicesDb db, CityDirectory directory,
        CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var bulletins = db.Bulletins.AsNoTracking();
        if (kind is { Value: var wanted }) bulletins = bulletins.Where(bulletin => bulletin.Kind == wanted);
        if (after is { } id) bulletins = bulletins.Where(bulletin => bulletin.Id.CompareTo(id) < 0);

        var rows = await bulletins
            .OrderByDescending(bulletin => bulletin.Id)
            .Take(page.Take + 1)
            .AsTheyStand(db)
            .OrderByDescending(row => row.Bulletin.Id)
            .ToListAsync(cancellationToken);
        BulletinView[] views = [.. rows.Select(row => BulletinView.Of(row.Bulletin, row.Current, directory))];
        return new PublicAnswer<Page<BulletinView>>(Page<BulletinView>.From(views, page.Take, view => view.Id.ToString()), BulletinView.MaxAge);
    }

    private static async Task<Results<PublicAnswer<BulletinView>, Refusal>> ShowAsync(
        Guid id, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        var row = await db.Bulletins.AsNoTracking()
            .Where(bulletin => bulletin.Id == id)
            .AsTheyStand(db)
            .SingleOrDefaultAsync(cancellationToken);
        return row is null
            ? Refusal.NotFound()
            : new PublicAnswer<BulletinView>(BulletinView.Of(row.Bulletin, row.Current, directory), BulletinView.MaxAge);
    }

    private static IQueryable<StandingBulletin> AsTheyStand(this IQueryable<Bulletin> bulletins, GovernmentServicesDb db) =>
        from bulletin in bulletins
        join revision in db.BulletinRevisions on new { bulletin.Id, bulletin.Revision } equals new { Id = revision.BulletinId, revision.Revision }
        select new StandingBulletin { Bulletin = bulletin, Current = revision };

    private static async Task<Results<PublicAnswer<Page<BulletinRevisionView>>, Refusal>> ListRevisionsAsync(
        Guid id, [AsParameters] PageQuery page, GovernmentServicesDb db, CancellationToken cancellationToken)
    {
        var before = int.MaxValue;
        if (page.After is { } after && !int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before)) return PageQuery.InvalidCursor;

        var rows = await db.BulletinRevisions.AsNoTracking()
            .Where(revision => revision.BulletinId == id && revision.Revision < before)
            .OrderByDescending(revision => revision.Revision)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        // Every bulletin has a first revision.
        if (rows.Count == 0 && page.After is null) return Refusal.NotFound();
        BulletinRevisionView[] views = [.. rows.Select(BulletinRevisionView.Of)];
        return new PublicAnswer<Page<BulletinRevisionView>>(
            Page<BulletinRevisionView>.From(views, page.Take, view => view.Revision.ToString(CultureInfo.InvariantCulture)), BulletinView.MaxAge);
    }
}

/// <summary>A bulletin with its current text.</summary>
internal sealed class StandingBulletin
{
    public required Bulletin Bulletin { get; init; }
    public required BulletinRevision Current { get; init; }
}

/// <summary>What a bulletin said from one moment on.</summary>
/// <param name="Revision">1 as first published; every correction adds one.</param>
/// <param name="PublishedAt">From when, UTC.</param>
/// <param name="Title">In the caller's language.</param>
/// <param name="Body">In the caller's language.</param>
/// <param name="Texts">In both languages.</param>
/// <param name="Reason">Why it was corrected, in the caller's language; absent for the first.</param>
public sealed record BulletinRevisionView(int Revision, DateTimeOffset PublishedAt, string Title, string Body, BulletinTexts Texts, string? Reason = null)
{
    internal static BulletinRevisionView Of(BulletinRevision revision)
    {
        var language = CultureInfo.CurrentUICulture;
        return new BulletinRevisionView(
            revision.Revision, revision.PublishedAt, revision.Title.In(language), revision.Body.In(language), BulletinTexts.Of(revision),
            revision.Reason?.In(language));
    }
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
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
            .WithSummary("Bulletins as they now stand, newest first; all, or of one kind (announcement, bulletin, policy or rumourRebuttal), for an audience (people or enterprises), about a grid cell.")
            .AllowEveryone()
            .WithExample(answer: new Page<BulletinView>([Examples.Bulletin]));
        features.MapGet("/bulletins/{id:guid}", ShowAsync)
            .WithName("ShowBulletin")
            .WithTags("Bulletins")
            .WithSummary("A bulletin as it now stands.")
            .AllowEveryone()
            .WithExample(answer: Examples.Bulletin);
        features.MapGet("/bulletins/{id:guid}/revisions", ListRevisionsAsync)
            .WithName("ListBulletinRevisions")
            .WithTags("Bulletins")
            .WithSummary("Everything that a bulletin has said, newest first, with the reason of each correction.")
            .AllowEveryone()
            .WithExample(answer: new Page<BulletinRevisionView>([Examples.BulletinRevision]));
    }

    private static async Task<Results<PublicAnswer<Page<BulletinView>>, Refusal>> ListAsync(
        [AsParameters] BulletinFilter filter, [AsParameters] PageQuery page, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (!filter.IsValid) return BulletinFilter.InvalidCell;
        var bulletins = filter.Of(db.Bulletins.AsNoTracking());
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

    public static IQueryable<StandingBulletin> AsTheyStand(this IQueryable<Bulletin> bulletins, GovernmentServicesDb db) =>
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

/// <summary>Which bulletins are wanted. Bind with <c>[AsParameters]</c>.</summary>
/// <param name="Kind">Of this kind; absent for all.</param>
/// <param name="Audience">Meant for these, or for everyone; absent for all.</param>
/// <param name="Cell">About this grid cell, or the whole city; absent for all.</param>
internal sealed record BulletinFilter(
    [property: FromQuery(Name = "kind")] Word<BulletinKind>? Kind, [property: FromQuery(Name = "audience")] Word<Audience>? Audience,
    [property: FromQuery(Name = "cell"), StringLength(20)] string? Cell)
{
    public static Refusal InvalidCell { get; } = Refusal.Invalid("cell_invalid", "cell");

    public bool IsValid => Cell is null || GridCell.TryParse(Cell, out _);

    public IQueryable<Bulletin> Of(IQueryable<Bulletin> bulletins)
    {
        if (Kind is { Value: var kind }) bulletins = bulletins.Where(bulletin => bulletin.Kind == kind);
        if (Audience is { Value: var audience }) bulletins = bulletins.Where(bulletin => bulletin.Audience == Domain.Audience.Everyone || bulletin.Audience == audience);
        if (Cell is { } cell) bulletins = bulletins.Where(bulletin => bulletin.Areas.Length == 0 || bulletin.Areas.Contains(cell));
        return bulletins;
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
/// <param name="Evidence">What it rested on.</param>
/// <param name="Reason">Why it was corrected, in the caller's language; absent for the first.</param>
public sealed record BulletinRevisionView(
    int Revision, DateTimeOffset PublishedAt, string Title, string Body, BulletinTexts Texts, IReadOnlyList<EvidenceView> Evidence, string? Reason = null)
{
    internal static BulletinRevisionView Of(BulletinRevision revision)
    {
        var language = CultureInfo.CurrentUICulture;
        return new BulletinRevisionView(
            revision.Revision, revision.PublishedAt, revision.Title.In(language), revision.Body.In(language), BulletinTexts.Of(revision),
            EvidenceView.Of(revision), revision.Reason?.In(language));
    }
}

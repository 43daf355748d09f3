using System.Xml.Linq;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Everybody reads warnings: as a list, one by one, as CAP 1.2 documents and as an Atom feed. Officers also see drafts.</summary>
internal static class ReadWarnings
{
    private const string MayBeKept = "public, max-age=10";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private const int LongestFeed = 100;

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/warnings", ListAsync)
            .WithName("ListWarnings").WithTags("Warnings").WithSummary("Warnings in force, the newest first.").AllowEveryone();
        features.MapGet("/warnings/drafts", ListDraftsAsync)
            .WithName("ListWarningDrafts").WithTags("Warnings").WithSummary("Drafts and approved warnings that are not public yet, the newest first.")
            .Allow(Roles.HealthOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/warnings/{id:guid}", ShowAsync)
            .WithName("ShowWarning").WithTags("Warnings").WithSummary("One warning that is or was public.").AllowEveryone();
        features.MapGet("/warnings/{id:guid}/cap", ShowCapAsync)
            .WithName("ShowWarningAsCap").WithTags("Warnings").WithSummary("The warning as a CAP 1.2 alert; its cancellation once it is cancelled.")
            .Produces(StatusCodes.Status200OK, contentType: CapAlert.MediaType).AllowEveryone();
        features.MapGet("/warnings/feed", FeedAsync)
            .WithName("WarningFeed").WithTags("Warnings").WithSummary("Warnings in force as an Atom feed of CAP 1.2 alerts.")
            .Produces(StatusCodes.Status200OK, contentType: AtomFeed.MediaType).AllowEveryone();
    }

    private static async Task<Results<PublicAnswer<Page<WarningView>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken) =>
        page.TryGetAfter(out var after)
            ? new PublicAnswer<Page<WarningView>>(await PageAsync(InForce(db, clock.GetUtcNow()), page, after, cancellationToken), Fresh)
            : PageQuery.InvalidCursor;

    private static async Task<Results<Ok<Page<WarningView>>, Refusal>> ListDraftsAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var drafts = db.Warnings.Where(warning => warning.State == WarningState.Draft || warning.State == WarningState.Approved);
        return TypedResults.Ok(await PageAsync(drafts, page, after, cancellationToken));
    }

    private static async Task<Page<WarningView>> PageAsync(IQueryable<Warning> warnings, PageQuery page, Guid? after, CancellationToken cancellationToken)
    {
        var rows = await warnings.AsNoTracking()
            .Where(warning => after == null || warning.Id < after)
            .OrderByDescending(warning => warning.Id)
            .Take(page.Take + 1)
            .ToListAsync(cancellationToken);
        return Page<WarningView>.From([.. rows.Select(WarningView.Of)], page.Take, warning => warning.WarningId.ToString());
    }

    private static async Task<Results<PublicAnswer<WarningView>, Refusal>> ShowAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await PublicAsync(id, db, cancellationToken) is { } warning ? new PublicAnswer<WarningView>(WarningView.Of(warning), Fresh) : Refusal.NotFound("warning_unknown");

    private static async Task<Results<ContentHttpResult, Refusal>> ShowCapAsync(
        Guid id, EarlyWarningDb db, IOptions<WarningOptions> options, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await PublicAsync(id, db, cancellationToken) is not { } warning) return Refusal.NotFound("warning_unknown");
        response.Headers.CacheControl = MayBeKept;
        return Xml(CapAlert.Of(warning, options.Value), CapAlert.MediaType);
    }

    private static async Task<ContentHttpResult> FeedAsync(
        EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, HttpRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var warnings = await InForce(db, now).AsNoTracking().OrderByDescending(warning => warning.Id).Take(LongestFeed).ToListAsync(cancellationToken);
        response.Headers.CacheControl = MayBeKept;
        return Xml(AtomFeed.Of(warnings, options.Value, request.Path, now), AtomFeed.MediaType);
    }

    private static IQueryable<Warning> InForce(EarlyWarningDb db, DateTimeOffset now) =>
        db.Warnings.Where(warning => warning.State == WarningState.Issued && warning.ExpiresAt > now);

    private static Task<Warning?> PublicAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        db.Warnings.AsNoTracking().SingleOrDefaultAsync(
            warning => warning.Id == id && (warning.State == WarningState.Issued || warning.State == WarningState.Cancelled), cancellationToken);

    private static ContentHttpResult Xml(XElement document, string mediaType) =>
        TypedResults.Content($"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{document}", mediaType, System.Text.Encoding.UTF8);
}

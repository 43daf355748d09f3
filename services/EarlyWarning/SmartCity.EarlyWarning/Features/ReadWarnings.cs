using System.Xml.Linq;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Cap;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

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
            .WithName("ListWarnings").WithTags("Warnings").WithSummary("Warnings in force, the newest first.")
            .WithExample(answer: new Page<WarningView>([WarningView.Example])).AllowEveryone();
        features.MapGet("/warnings/drafts", ListDraftsAsync)
            .WithName("ListWarningDrafts").WithTags("Warnings").WithSummary("Drafts and approved warnings that are not public yet, the newest first.")
            .WithExample(answer: new Page<WarningView>([WarningView.Example with { State = WarningState.Draft, IssuedAt = null }]))
            .Allow(Roles.HealthOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/warnings/{id:guid}", ShowAsync)
            .WithName("ShowWarning").WithTags("Warnings").WithSummary("One warning that is or was public.")
            .WithExample(answer: WarningView.Example).AllowEveryone();
        features.MapGet("/warnings/{id:guid}/cap", ShowCapAsync)
            .WithName("ShowWarningAsCap").WithTags("Warnings").WithSummary("The warning as a signed CAP 1.2 alert; its cancellation once it is cancelled.")
            .Produces(StatusCodes.Status200OK, contentType: CapDocument.MediaType)
            .WithExample(answer: "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">...</alert>").AllowEveryone();
        features.MapGet("/warnings/feed", FeedAsync)
            .WithName("WarningFeed").WithTags("Warnings").WithSummary("Public warnings, all clears and cancellations, until their end, as an Atom feed of signed CAP 1.2 alerts.")
            .Produces(StatusCodes.Status200OK, contentType: AtomFeed.MediaType)
            .WithExample(answer: "<feed xmlns=\"http://www.w3.org/2005/Atom\">...</feed>").AllowEveryone();
        features.MapGet("/warnings/keys", KeysAsync)
            .WithName("WarningKeys").WithTags("Warnings").WithSummary("The public keys that verify the signatures of warnings (XML-DSig, ECDSA with SHA-256; kid is the signature's KeyName), as a JWK Set.")
            .WithExample(answer: new KeySet([new PublicKey("kpX0...", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")])).AllowEveryone();
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
        Guid id, EarlyWarningDb db, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await PublicAsync(id, db, cancellationToken) is not { } warning || AtomFeed.CurrentAlert(warning) is not { } alert) return Refusal.NotFound("warning_unknown");
        response.Headers.CacheControl = MayBeKept;
        return Xml(alert, CapDocument.MediaType);
    }

    private static async Task<ContentHttpResult> FeedAsync(
        EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, HttpRequest request, HttpResponse response, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var warnings = await OnRecord(db, now).AsNoTracking().OrderByDescending(warning => warning.Id).Take(LongestFeed).ToListAsync(cancellationToken);
        response.Headers.CacheControl = MayBeKept;
        return Xml($"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{AtomFeed.Of(warnings, options.Value, request.Path, now).ToString(SaveOptions.DisableFormatting)}", AtomFeed.MediaType);
    }

    private static async Task<PublicAnswer<KeySet>> KeysAsync(SigningKeys keys, CancellationToken cancellationToken) => new(await keys.PublishedAsync(cancellationToken), TimeSpan.FromMinutes(5));

    /// <summary>Warnings that hold: no all clear among them.</summary>
    public static IQueryable<Warning> InForce(EarlyWarningDb db, DateTimeOffset now) =>
        db.Warnings.Where(warning => warning.State == WarningState.Issued && warning.Kind != WarningKind.AllClear && warning.ExpiresAt > now);

    /// <summary>What whoever saw a warning must be able to see: the warnings that hold, all clears and cancellations, until their end.</summary>
    public static IQueryable<Warning> OnRecord(EarlyWarningDb db, DateTimeOffset now) =>
        db.Warnings.Where(warning => (warning.State == WarningState.Issued || warning.State == WarningState.Cancelled) && warning.ExpiresAt > now);

    private static Task<Warning?> PublicAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        db.Warnings.AsNoTracking().SingleOrDefaultAsync(warning => warning.Id == id && warning.IssuedAt != null, cancellationToken);

    private static ContentHttpResult Xml(string document, string mediaType) => TypedResults.Content(document, mediaType, System.Text.Encoding.UTF8);
}

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A code on paper or a card, for whoever has no phone with them: made, listed, drawn again, and revoked when it is lost.</summary>
internal static class PrintCode
{
    private const int MostInForce = 5;

    /// <param name="CodeId">Names it where it is revoked.</param>
    /// <param name="Color">The colour that it says.</param>
    /// <param name="IssuedAt">When, UTC.</param>
    /// <param name="ColorUntil">Until when it says a colour, exclusive, UTC; after that it says whom to look up.</param>
    /// <param name="ValidUntil">Its end, exclusive, UTC.</param>
    /// <param name="RevokedAt">Since when it is revoked, UTC.</param>
    public sealed record Printed(
        Guid CodeId, CodeColor Color, DateTimeOffset IssuedAt, DateTimeOffset ColorUntil, DateTimeOffset ValidUntil, DateTimeOffset? RevokedAt = null);

    public static void Map(RouteGroupBuilder me)
    {
        var issued = new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);
        var example = new Printed(Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), CodeColor.Green, issued, issued.AddDays(1), issued.AddDays(90));
        var printed = me.MapGroup("/printed-codes");
        printed.MapPost("", IssueAsync).Allow(Roles.Citizen, Roles.Proxy).WithName("PrintMyCode")
            .WithSummary("Make a code for paper or a card; at most 5 are in force").WithExample(answer: example);
        printed.MapGet("", ListAsync).Allow(Roles.Citizen, Roles.Proxy).WithName("ListMyPrintedCodes")
            .WithSummary("My printed codes, newest first").WithExample(answer: new Page<Printed>([example]));
        printed.MapDelete("/{codeId:guid}", RevokeAsync).Allow(Roles.Citizen, Roles.Proxy).WithName("RevokeMyPrintedCode")
            .WithSummary("The paper is lost: gates refuse it as soon as they have the next list, checks at once");
        printed.MapGet("/{codeId:guid}/page", PageAsync).Allow(Roles.Citizen, Roles.Proxy).WithName("GetMyPrintedPage")
            .WithSummary("A page to print, in both languages").Produces(StatusCodes.Status200OK, contentType: "text/html");
        printed.MapGet("/{codeId:guid}/qr.svg", SvgAsync).Allow(Roles.Citizen, Roles.Proxy).WithName("GetMyPrintedSvg")
            .WithSummary("Its QR code, SVG").Produces(StatusCodes.Status200OK, contentType: "image/svg+xml");
        printed.MapGet("/{codeId:guid}/qr.png", PngAsync).Allow(Roles.Citizen, Roles.Proxy).WithName("GetMyPrintedPng")
            .WithSummary("Its QR code, PNG").Produces(StatusCodes.Status200OK, contentType: "image/png");
    }

    private static async Task<Results<Created<Printed>, Refusal>> IssueAsync(
        IdempotencyKey key, Caller caller, HealthCodeDb db, PolicyBook policies, IOptions<CredentialSettings> settings, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await CurrentCode.FindAsync(db, policies, person => person.AccountId == caller.AccountId, now, cancellationToken) is not { RegisteredAt: not null } citizen)
            return Refusal.NotFound("not_registered");
        var inForce = await db.PrintedCodes.Where(code => code.CitizenId == citizen.Id && (code.ValidUntil > now || code.IdempotencyKey == key.Value)).ToListAsync(cancellationToken);
        if (inForce.Find(code => code.IdempotencyKey == key.Value) is { } same) return Answer(same);
        if (inForce.Count(code => code.IsInForce(now)) >= MostInForce) return Refusal.Conflict("printed_codes_too_many", field: null, MostInForce);

        // Whole seconds, as the code itself says it.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        var validUntil = issuedAt + settings.Value.PrintedLifetime;
        var code = new PrintedCode
        {
            // Random, because it is printed: ids in order of time would tell when.
            CodeId = Guid.NewGuid(),
            CitizenId = citizen.Id,
            IdempotencyKey = key.Value,
            Color = citizen.Code.Color,
            IssuedAt = issuedAt,
            ColorUntil = citizen.Code.ValidUntil < validUntil ? citizen.Code.ValidUntil : validUntil,
            ValidUntil = validUntil,
        };
        db.Add(code);
        await db.SaveChangesAsync(cancellationToken);
        return Answer(code);
    }

    private static async Task<Ok<Page<Printed>>> ListAsync([AsParameters] PageQuery page, Caller caller, HealthCodeDb db, CancellationToken cancellationToken)
    {
        _ = page.TryGetAfter(out var after);
        var before = await db.PrintedCodes.Where(code => code.CodeId == after).Select(code => (DateTimeOffset?)code.IssuedAt).FirstOrDefaultAsync(cancellationToken);
        var codes = await OfCaller(db, caller).AsNoTracking().Where(code => before == null || code.IssuedAt < before)
            .OrderByDescending(code => code.IssuedAt).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<Printed>.From([.. codes.Select(ToPrinted)], page.Take, code => code.CodeId.ToString()));
    }

    private static async Task<Results<NoContent, Refusal>> RevokeAsync(Guid codeId, Caller caller, HealthCodeDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await OfCaller(db, caller).FirstOrDefaultAsync(code => code.CodeId == codeId, cancellationToken) is not { } code) return Refusal.NotFound("printed_code_unknown");
        code.RevokedAt ??= clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<ContentHttpResult, Refusal>> PageAsync(
        Guid codeId, Caller caller, HttpContext http, HealthCodeDb db, CredentialKeys keys, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await FindAsync(codeId, caller, http, db, clock, cancellationToken) is not { } code) return Refusal.NotFound("printed_code_unknown");
        var citizen = await db.Citizens.AsNoTracking().SingleAsync(person => person.AccountId == caller.AccountId, cancellationToken);
        var name = Registration.Of(citizen, personalData).Name;
        return TypedResults.Content(PrintedPage.Html(name, code, keys.Sign(code, citizen.Id, clock.GetUtcNow())), "text/html; charset=utf-8");
    }

    private static async Task<Results<ContentHttpResult, Refusal>> SvgAsync(
        Guid codeId, Caller caller, HttpContext http, HealthCodeDb db, CredentialKeys keys, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(codeId, caller, http, db, clock, cancellationToken) is { CitizenId: { } citizen } code
            ? TypedResults.Content(QrPicture.Svg(keys.Sign(code, citizen, clock.GetUtcNow())), "image/svg+xml")
            : Refusal.NotFound("printed_code_unknown");

    private static async Task<Results<FileContentHttpResult, Refusal>> PngAsync(
        Guid codeId, Caller caller, HttpContext http, HealthCodeDb db, CredentialKeys keys, TimeProvider clock, CancellationToken cancellationToken) =>
        await FindAsync(codeId, caller, http, db, clock, cancellationToken) is { CitizenId: { } citizen } code
            ? TypedResults.Bytes(QrPicture.Png(keys.Sign(code, citizen, clock.GetUtcNow())), "image/png")
            : Refusal.NotFound("printed_code_unknown");

    private static async Task<PrintedCode?> FindAsync(Guid codeId, Caller caller, HttpContext http, HealthCodeDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await OfCaller(db, caller).AsNoTracking().FirstOrDefaultAsync(code => code.CodeId == codeId, cancellationToken) is { } code && code.IsInForce(clock.GetUtcNow()) ? code : null;
    }

    private static IQueryable<PrintedCode> OfCaller(HealthCodeDb db, Caller caller) =>
        db.PrintedCodes.Where(code => db.Citizens.Any(person => person.AccountId == caller.AccountId && person.Id == code.CitizenId));

    private static Created<Printed> Answer(PrintedCode code) => TypedResults.Created($"/health-code/v1/me/printed-codes/{code.CodeId}/page", ToPrinted(code));

    private static Printed ToPrinted(PrintedCode code) => new(code.CodeId, code.Color, code.IssuedAt, code.ColorUntil, code.ValidUntil, code.RevokedAt);
}

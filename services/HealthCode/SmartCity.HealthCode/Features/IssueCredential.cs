using Microsoft.AspNetCore.Http.HttpResults;
using QRCoder;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person gets the signed code that they show: as text, as a QR code in SVG or in PNG. It verifies with the published keys alone.</summary>
internal static class IssueCredential
{
    private const int ModulePixels = 8;

    /// <param name="Text">The content of the QR code.</param>
    /// <param name="Color">The colour that it says.</param>
    /// <param name="IssuedAt">When, UTC.</param>
    /// <param name="ValidUntil">When it is worthless, exclusive, UTC: get a new one before.</param>
    public sealed record Credential(string Text, CodeColor Color, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil);

    /// <summary>What every form of the code is made from.</summary>
    public readonly record struct Desk(Caller Caller, HttpContext Http, HealthCodeDb Db, CredentialKeys Keys, PolicyBook Policies, TimeProvider Clock);

    public static void Map(RouteGroupBuilder me)
    {
        me.MapGet("/credential", ([AsParameters] Desk desk, CancellationToken cancellationToken) => IssueAsync(desk, TypedResults.Ok, cancellationToken))
            .WithName("GetMyCredential")
            .WithSummary("My signed code as text, valid for 10 minutes")
            .Allow(Roles.Citizen, Roles.Proxy);
        me.MapGet("/qr.svg", ([AsParameters] Desk desk, CancellationToken cancellationToken) => IssueAsync(desk, AsSvg, cancellationToken))
            .WithName("GetMyQrSvg")
            .WithSummary("My signed code as a QR code, SVG")
            .Produces(StatusCodes.Status200OK, contentType: "image/svg+xml")
            .Allow(Roles.Citizen, Roles.Proxy);
        me.MapGet("/qr.png", ([AsParameters] Desk desk, CancellationToken cancellationToken) => IssueAsync(desk, AsPng, cancellationToken))
            .WithName("GetMyQrPng")
            .WithSummary("My signed code as a QR code, PNG")
            .Produces(StatusCodes.Status200OK, contentType: "image/png")
            .Allow(Roles.Citizen, Roles.Proxy);
    }

    private static async Task<Results<TForm, Refusal>> IssueAsync<TForm>(Desk desk, Func<Credential, TForm> form, CancellationToken cancellationToken)
        where TForm : IResult
    {
        var (caller, now) = (desk.Caller, desk.Clock.GetUtcNow());
        if (desk.Policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await CurrentCode.FindAsync(desk.Db, desk.Policies, person => person.AccountId == caller.AccountId, now, cancellationToken) is not { } citizen)
            return Refusal.NotFound("not_registered");

        var (text, payload) = desk.Keys.Sign(citizen.Code, now);
        desk.Http.Response.Headers.CacheControl = "no-store";
        return form(new Credential(text, citizen.Code.Color, payload.IssuedAt, payload.ValidUntil));
    }

    private static ContentHttpResult AsSvg(Credential credential)
    {
        using var data = Draw(credential);
        using var svg = new SvgQRCode(data);
        return TypedResults.Content(svg.GetGraphic(ModulePixels), "image/svg+xml");
    }

    private static FileContentHttpResult AsPng(Credential credential)
    {
        using var data = Draw(credential);
        using var png = new PngByteQRCode(data);
        return TypedResults.Bytes(png.GetGraphic(ModulePixels), "image/png");
    }

    private static QRCodeData Draw(Credential credential) => QRCodeGenerator.GenerateQrCode(credential.Text, QRCodeGenerator.ECCLevel.M);
}

using System.Globalization;
using System.Net.Mime;
using System.Resources;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using QRCoder;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>The place's code: as a picture, as a page to print for the door, and as the changing code for a screen.</summary>
internal static class ShowPlaceCode
{
    private const int PixelsPerModule = 12;

    private static readonly ResourceManager Texts = new("SmartCity.PlaceRegistration.Resources.Poster", typeof(ShowPlaceCode).Assembly);

    public static void Map(IEndpointRouteBuilder features)
    {
        MapPicture(features, "svg", MediaTypeNames.Image.Svg, code => Encoding.UTF8.GetBytes(Svg(code)));
        MapPicture(features, "png", MediaTypeNames.Image.Png, code => Draw(code, data => new PngByteQRCode(data).GetGraphic(PixelsPerModule)));
        features.MapGet("/places/{id:guid}/poster", ShowPosterAsync).WithName("ShowPoster").WithTags("Places")
            .WithSummary("A page to print for the door of a place of the caller, in the language of the request.")
            .Produces(StatusCodes.Status200OK, typeof(string), MediaTypeNames.Text.Html)
            .Allow(Roles.VenueOperator, Roles.HealthOfficer);
        features.MapGet("/places/{id:guid}/screen-code", ShowScreenAsync).WithName("ShowScreenCode").WithTags("Places")
            .WithSummary("The code that a screen of the caller's place shows now, and until when; a photograph of it is worthless a minute later.")
            .WithExample(answer: new ScreenCodeView(
                "SCR:0198F1C03B1A7D209A512F60C1D4E00103A1B2C40F1E2D3C4B5A69788796A5B4C3D2E1F0", "<svg …/>", new DateTimeOffset(2026, 3, 4, 4, 0, 30, TimeSpan.Zero)))
            .Allow(Roles.VenueOperator);
    }

    private static void MapPicture(IEndpointRouteBuilder features, string format, string contentType, Func<string, byte[]> draw) => features
        .MapGet($"/places/{{id:guid}}/code.{format}", async Task<Results<FileContentHttpResult, Refusal>> (
            Guid id, Caller caller, PlaceRegistrationDb db, CancellationToken cancellationToken) =>
        {
            var code = await db.Places.OpenTo(caller).Where(place => place.Id == id).Select(place => place.Code).SingleOrDefaultAsync(cancellationToken);
            return code is null ? Refusal.NotFound("place_unknown") : TypedResults.File(draw(code), contentType, $"place-code.{format}");
        })
        .WithName($"ShowPlaceCode{format.ToUpperInvariant()}")
        .WithTags("Places")
        .WithSummary($"The QR code of a place of the caller, as {format.ToUpperInvariant()}.")
        .Produces(StatusCodes.Status200OK, typeof(byte[]), contentType)
        .Allow(Roles.VenueOperator, Roles.HealthOfficer);

    private static async Task<Results<ContentHttpResult, Refusal>> ShowPosterAsync(Guid id, Caller caller, PlaceRegistrationDb db, CancellationToken cancellationToken)
    {
        if (await db.Places.AsNoTracking().OpenTo(caller).SingleOrDefaultAsync(place => place.Id == id, cancellationToken) is not { } place) return Refusal.NotFound("place_unknown");
        var html = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);
        string Text(string key) => html.Encode(Texts.GetString(key, CultureInfo.CurrentUICulture)!);
        return TypedResults.Content(
            $$"""
            <!DOCTYPE html>
            <html lang="{{CultureInfo.CurrentUICulture.Name}}">
            <head>
            <meta charset="utf-8">
            <title>{{html.Encode(place.Name)}} – {{Text("title")}}</title>
            <style>
            @page { size: A4; margin: 15mm }
            body { font-family: sans-serif; text-align: center; margin: 0 auto; max-width: 180mm }
            h1 { font-size: 34pt; margin: 10mm 0 2mm } h2 { font-size: 22pt; font-weight: normal; margin: 0 0 6mm }
            svg { width: 110mm; height: 110mm } p { font-size: 15pt } small { font-size: 10pt; font-family: monospace }
            </style>
            </head>
            <body>
            <h1>{{Text("title")}}</h1>
            <h2>{{html.Encode(place.Name)}}<br><span lang="zxx">{{html.Encode(place.Address)}}</span></h2>
            <div role="img" aria-label="{{Text("title")}}">{{Svg(place.Code)}}</div>
            <p>{{Text("scan")}}</p>
            <p>{{Text("help")}}</p>
            <small>{{place.Code}}</small>
            </body>
            </html>
            """,
            "text/html; charset=utf-8");
    }

    private static async Task<Results<Ok<ScreenCodeView>, Refusal>> ShowScreenAsync(
        Guid id, Caller caller, PlaceRegistrationDb db, PlaceBook book, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!await db.Places.AnyAsync(place => place.Id == id && place.OwnerId == caller.AccountId, cancellationToken)) return Refusal.NotFound("place_unknown");
        var code = ScreenCode.Of(id, book.ScreenKeyOf(id), clock.GetUtcNow());
        return TypedResults.Ok(new ScreenCodeView(code.Text, Svg(code.Text), code.ValidUntil));
    }

    private static string Svg(string code) => Draw(code, data => new SvgQRCode(data).GetGraphic(PixelsPerModule));

    private static T Draw<T>(string code, Func<QRCodeData, T> draw)
    {
        // Posters get scratched and photographed at an angle: a quarter of the squares may be lost.
        using var data = QRCodeGenerator.GenerateQrCode(code, QRCodeGenerator.ECCLevel.Q);
        return draw(data);
    }
}

/// <summary>What a screen shows.</summary>
/// <param name="Code">The text of the code.</param>
/// <param name="Svg">The code as a picture.</param>
/// <param name="ValidUntil">When the screen must show the next, UTC.</param>
public sealed record ScreenCodeView(string Code, string Svg, DateTimeOffset ValidUntil);

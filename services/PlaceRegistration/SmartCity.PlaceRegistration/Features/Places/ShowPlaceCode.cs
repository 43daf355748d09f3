using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using QRCoder;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>The place's code as a picture, for the poster at the door.</summary>
internal static class ShowPlaceCode
{
    private const int PixelsPerModule = 12;

    public static void Map(IEndpointRouteBuilder features)
    {
        Map(features, "svg", MediaTypeNames.Image.Svg, data => Encoding.UTF8.GetBytes(new SvgQRCode(data).GetGraphic(PixelsPerModule)));
        Map(features, "png", MediaTypeNames.Image.Png, data => new PngByteQRCode(data).GetGraphic(PixelsPerModule));
    }

    private static void Map(IEndpointRouteBuilder features, string format, string contentType, Func<QRCodeData, byte[]> draw) => features
        .MapGet($"/places/{{id:guid}}/code.{format}", async Task<Results<FileContentHttpResult, Refusal>> (
            Guid id, Caller caller, PlaceRegistrationDb db, CancellationToken cancellationToken) =>
        {
            var code = await db.Places.OpenTo(caller).Where(place => place.Id == id).Select(place => place.Code).SingleOrDefaultAsync(cancellationToken);
            if (code is null) return Refusal.NotFound("place_unknown");

            // Posters get scratched and photographed at an angle: a quarter of the squares may be lost.
            using var data = QRCodeGenerator.GenerateQrCode(code, QRCodeGenerator.ECCLevel.Q);
            return TypedResults.File(draw(data), contentType, $"place-code.{format}");
        })
        .WithName($"ShowPlaceCode{format.ToUpperInvariant()}")
        .WithTags("Places")
        .WithSummary($"The QR code of a place of the caller, as {format.ToUpperInvariant()}.")
        .Produces(StatusCodes.Status200OK, typeof(byte[]), contentType)
        .Allow(Roles.VenueOperator, Roles.HealthOfficer);
}

using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>An owner registers a device of a place: it gets a key with which it signs what it scans, also while it has no connection.</summary>
internal static class VenueDevices
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/places/{id:guid}/devices", RegisterAsync).WithName("RegisterDevice").WithTags("Devices")
            .WithSummary("Registers a scanning device of the caller's place, and gives its key; the same Idempotency-Key gives the same device and key.")
            .WithExample(new DeviceRequest("North gate"), new DeviceAnswer(Guid.Parse("0198f1c0-3b1a-7d20-9a51-2f60c1d4e0d1"), "8f1d…"))
            .Allow(Roles.VenueOperator);
        features.MapDelete("/devices/{deviceId:guid}", RevokeAsync).WithName("RevokeDevice").WithTags("Devices")
            .WithSummary("A device is lost or gone: what it scanned from now on is not accepted any more.").Allow(Roles.VenueOperator);
    }

    private static async Task<Results<Ok<DeviceAnswer>, Refusal>> RegisterAsync(
        Guid id, DeviceRequest request, IdempotencyKey key, Caller caller, PlaceRegistrationDb db, PlaceBook book, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!await db.Places.AnyAsync(place => place.Id == id && place.OwnerId == caller.AccountId, cancellationToken)) return Refusal.NotFound("place_unknown");
        var device = await db.Devices.AsNoTracking().SingleOrDefaultAsync(device => device.PlaceId == id && device.Key == key.Value, cancellationToken);
        if (device is null)
        {
            var now = clock.GetUtcNow();
            device = new VenueDevice { Id = Guid.CreateVersion7(now), PlaceId = id, Key = key.Value, Name = request.Name, RegisteredAt = now };
            db.Add(device);
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(new DeviceAnswer(device.Id, Convert.ToHexStringLower(book.DeviceKeyOf(device.Id))));
    }

    private static async Task<Results<NoContent, Refusal>> RevokeAsync(
        Guid deviceId, Caller caller, PlaceRegistrationDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var device = await db.Devices.SingleOrDefaultAsync(
            device => device.Id == deviceId && db.Places.Any(place => place.Id == device.PlaceId && place.OwnerId == caller.AccountId), cancellationToken);
        if (device is null) return Refusal.NotFound("device_unknown");
        device.RevokedAt ??= clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <summary>A device.</summary>
/// <param name="Name">For people: where it stands.</param>
public sealed record DeviceRequest([property: StringLength(100, MinimumLength = 1), RegularExpression(PlaceRequest.Line)] string Name);

/// <summary>A registered device.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Key">Its key, 32 bytes in hexadecimal: it stays on the device.</param>
public sealed record DeviceAnswer(Guid DeviceId, string Key);

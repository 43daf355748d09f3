using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>Places as a check-in needs them, remembered for seconds: a change holds at once in the replica that made it and everywhere within <see cref="Remembered"/>.</summary>
internal sealed class PlaceBook(IServiceScopeFactory scopes, PersonalData personalData)
{
    /// <summary>So long another replica may still let people in at a place that was closed.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    private const int MostRemembered = 100_000;

    private readonly MemoryCache places = new(new MemoryCacheOptions { SizeLimit = MostRemembered });

    public async ValueTask<Place?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (places.TryGetValue(id, out Place? known)) return known;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlaceRegistrationDb>();
        return Remember(await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Id == id, cancellationToken));
    }

    public async ValueTask<Place?> FindAsync(PlaceCode code, CancellationToken cancellationToken)
    {
        if (places.TryGetValue(code, out Place? known)) return known;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlaceRegistrationDb>();
        return Remember(await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Code == code.Value, cancellationToken));
    }

    /// <summary>The key that signs the codes on the place's screen: derived, so that no table and no backup holds it.</summary>
    public byte[] ScreenKeyOf(Guid placeId) => personalData.Lookup($"screen:{placeId:N}");

    /// <summary>The key that signs what a device scans.</summary>
    public byte[] DeviceKeyOf(Guid deviceId) => personalData.Lookup($"device:{deviceId:N}");

    public void Forget(Place place)
    {
        places.Remove(place.Id);
        if (PlaceCode.TryParse(place.Code, out var code)) places.Remove(code);
    }

    private Place? Remember(Place? place)
    {
        if (place is null || !PlaceCode.TryParse(place.Code, out var code)) return null;
        var entry = new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered };
        places.Set(place.Id, place, entry);
        places.Set(code, place, entry);
        return place;
    }
}

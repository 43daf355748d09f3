using SmartCity.Portal.Calls;

namespace SmartCity.Portal.Pages.Venue;

/// <summary>Finds one of the caller's places, which the service lists only.</summary>
internal sealed class OwnPlaces(City city)
{
    private const int MostPages = 50;

    public async Task<Answer<PlaceView>> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        string? after = null;
        for (var number = 0; number < MostPages; number++)
        {
            var page = await city.GetAsync<PageOf<PlaceView>>($"/place-registration/v1/places/mine?limit=100{(after is null ? "" : $"&after={after}")}", cancellationToken);
            if (page.Problem is { } problem) return new Answer<PlaceView>(problem);
            if (page.Value!.Items.FirstOrDefault(place => place.PlaceId == id) is { } found) return new Answer<PlaceView>(found, null);
            if ((after = page.Value.Next) is null) break;
        }

        return new Answer<PlaceView>(new Problem(StatusCodes.Status404NotFound, "place_not_yours", null));
    }
}

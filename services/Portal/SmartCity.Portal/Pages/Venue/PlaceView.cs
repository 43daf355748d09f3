namespace SmartCity.Portal.Pages.Venue;

/// <summary>A place as its owner sees it.</summary>
public sealed record PlaceView(
    Guid PlaceId, string Name, string Type, string Address, int Capacity, string Code, string State, string? StateNote = null, bool RotatesCode = false);

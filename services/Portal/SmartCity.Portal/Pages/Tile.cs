using SmartCity.Portal.Session;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages;

/// <summary>What the first page offers, by role.</summary>
internal sealed record Tile(string Path, string Text, string Icon, params string[] Roles)
{
    private static readonly Tile[] All =
    [
        new("/code", "tile_code", "qr", ServiceDefaults.Roles.Citizen),
    ];

    public static IEnumerable<Tile> For(SignedIn person) => All.Where(tile => tile.Roles.Length == 0 || person.Is(tile.Roles));
}

using SmartCity.EarlyWarning.Cap;
using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>What a warning covers: a cell, what polygons mark, or without either the whole city.</summary>
/// <param name="Cell">A grid cell.</param>
/// <param name="Polygons">As CAP writes them.</param>
internal sealed record WarnedArea(string? Cell, IReadOnlyList<string> Polygons)
{
    public static WarnedArea Of(Warning warning) => new(warning.Cell, warning.Polygons);

    /// <summary>Whether the cell lies in it; of a polygon the cell's centre or one of the polygon's corners in the cell counts.</summary>
    public bool Touches(string cell)
    {
        if (Cell is null && Polygons.Count == 0) return true;
        if (Cell == cell) return true;
        return GridCell.TryParse(cell, out var at) && Polygons.Any(text => CapPolygon.TryParse(text, out var polygon)
            && (polygon!.Contains(at.Centre.Latitude, at.Centre.Longitude) || polygon.Ring.Any(corner => GridCell.At(corner.Latitude, corner.Longitude) == at)));
    }
}

using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>How large an area is. Each lies in one of the next larger level.</summary>
public enum AreaLevel
{
    /// <summary>The whole city.</summary>
    City,

    /// <summary>District, 区县.</summary>
    District,

    /// <summary>Street, 街道.</summary>
    Street,

    /// <summary>Community, 社区.</summary>
    Community,

    /// <summary>Grid cell, 网格.</summary>
    Cell,
}

/// <summary>An area of one version of the grid.</summary>
internal sealed class GridArea
{
    public required int Grid { get; init; }

    public required string Code { get; init; }

    public required AreaLevel Level { get; init; }

    /// <summary>The area of the next larger level; null for a district, which lies in the city.</summary>
    public string? Parent { get; init; }

    public required string NameEn { get; init; }

    public required string NameZh { get; init; }

    /// <summary>GeoJSON geometry; null for a cell, whose code says it.</summary>
    public string? Geometry { get; init; }
}

/// <summary>One version of the city's grid: which area lies in which. It never changes; an import makes the next version.</summary>
internal sealed class Grid(int version, IEnumerable<GridArea> areas)
{
    private readonly Dictionary<string, GridArea> areas = areas.ToDictionary(area => area.Code);
    private Dictionary<string, (double Latitude, double Longitude)>? centres;

    /// <summary>Before the first import: the city, and cells as they are heard of.</summary>
    public static Grid None { get; } = new(0, []);

    public int Version => version;

    public IReadOnlyCollection<GridArea> Areas => areas.Values;

    public GridArea? Find(string code) => areas.GetValueOrDefault(code);

    /// <summary>The level of an area; null for what is no area at all. Every possible cell is one, wherever it lies.</summary>
    public AreaLevel? LevelOf(string code) =>
        code == Area.City ? AreaLevel.City
        : areas.TryGetValue(code, out var area) ? area.Level
        : GridCell.TryParse(code, out _) ? AreaLevel.Cell
        : null;

    /// <summary>The area of the given level that another lies in, or is; null where it lies in none.</summary>
    public string? Above(string code, AreaLevel level)
    {
        if (level == AreaLevel.City) return Area.City;
        if (level == AreaLevel.Cell) return LevelOf(code) == AreaLevel.Cell ? code : null;
        for (var area = Find(code); area is not null; area = area.Parent is null ? null : Find(area.Parent))
        {
            if (area.Level == level) return area.Code;
            if (area.Level < level) return null;
        }

        return null;
    }

    /// <summary>The middle of an area's cells, WGS 84 degrees; null for the city, and where an area has no cell.</summary>
    public (double Latitude, double Longitude)? CentreOf(string code)
    {
        if (GridCell.TryParse(code, out var cell)) return cell.Centre;
        centres ??= areas.Values.Where(area => area.Level == AreaLevel.Cell)
            .SelectMany(area => Enum.GetValues<AreaLevel>().Where(level => level is not (AreaLevel.City or AreaLevel.Cell)).Select(level => (Above: Above(area.Code, level), area.Code)))
            .Where(pair => pair.Above is not null)
            .GroupBy(pair => pair.Above!, pair => GridCell.TryParse(pair.Code, out var inside) ? inside.Centre : default)
            .ToDictionary(group => group.Key, group => (group.Average(centre => centre.Latitude), group.Average(centre => centre.Longitude)));
        return centres.TryGetValue(code, out var centre) ? centre : null;
    }

    /// <summary>Whether one area is another or lies in it.</summary>
    public bool Covers(string outer, string inner) => outer == inner || (LevelOf(outer) is { } level && Above(inner, level) == outer);
}

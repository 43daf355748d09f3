using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;
using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>A GeoJSON feature collection (RFC 7946) of districts, streets and communities.</summary>
/// <param name="Type">Always FeatureCollection.</param>
/// <param name="Features">1 to 5,000 areas; every area's parent is among them.</param>
internal sealed record AreaCollection(
    [RegularExpression("FeatureCollection")] string Type, [MinLength(1), MaxLength(GridImport.MostAreas)] IReadOnlyList<AreaFeature> Features);

/// <param name="Type">Always Feature.</param>
/// <param name="Properties">What the area is.</param>
/// <param name="Geometry">Its shape.</param>
internal sealed record AreaFeature([RegularExpression("Feature")] string Type, AreaProperties Properties, AreaShape Geometry);

/// <param name="Code">The area's code, for example the national one: letters, digits and hyphens, at most 20; not <c>city</c>, and not shaped like a cell.</param>
/// <param name="Level">District, street or community.</param>
/// <param name="NameEn">Its name in English.</param>
/// <param name="NameZh">Its name in Chinese.</param>
/// <param name="Parent">Code of the area of the next larger level; absent for a district.</param>
internal sealed record AreaProperties(
    [RegularExpression("[A-Za-z0-9-]{1,20}")] string Code, AreaLevel Level, [StringLength(100, MinimumLength = 1)] string NameEn, [StringLength(100, MinimumLength = 1)] string NameZh,
    string? Parent = null);

/// <param name="Type">Polygon or MultiPolygon.</param>
/// <param name="Coordinates">Rings of positions, longitude before latitude, WGS 84 degrees; the first and last position of a ring are the same.</param>
internal sealed record AreaShape([RegularExpression("(Multi)?Polygon")] string Type, JsonElement Coordinates);

/// <summary>What is wrong with an import.</summary>
/// <param name="Code">The problem code.</param>
/// <param name="Field">Where.</param>
internal sealed record GridFault(string Code, string Field);

/// <summary>Checks an import and makes the areas of a version from it: cells are those whose centre lies in a community.</summary>
internal static class GridImport
{
    public const int MostAreas = 5_000;
    public const int MostCells = 20_000;
    public const int MostPositions = 200_000;

    private const double CellSize = 0.01;

    private static readonly GeometryFactory Geometries = new(new PrecisionModel(), srid: 4326);

    public static GridFault? TryMake(AreaCollection collection, int version, out IReadOnlyList<GridArea> areas)
    {
        var made = new Dictionary<string, GridArea>();
        var communities = new List<(string Code, Geometry Shape)>();
        var positions = 0;
        areas = [];
        for (var i = 0; i < collection.Features.Count; i++)
        {
            var (properties, shape) = (collection.Features[i].Properties, collection.Features[i].Geometry);
            if (properties.Level is AreaLevel.City or AreaLevel.Cell) return new GridFault("area_level_invalid", $"features[{i}].properties.level");
            if (properties.Code == Area.City || GridCell.TryParse(properties.Code, out _) || made.ContainsKey(properties.Code)) return new GridFault("area_code_invalid", $"features[{i}].properties.code");
            if (Read(shape, ref positions) is not { } geometry || !geometry.IsValid) return new GridFault("area_shape_invalid", $"features[{i}].geometry.coordinates");
            if (properties.Level == AreaLevel.Community) communities.Add((properties.Code, geometry));
            made.Add(properties.Code, new GridArea
            {
                Grid = version, Code = properties.Code, Level = properties.Level, Parent = properties.Parent, NameEn = properties.NameEn, NameZh = properties.NameZh,
                Geometry = JsonSerializer.Serialize(shape, JsonSerializerOptions.Web),
            });
        }

        for (var i = 0; i < collection.Features.Count; i++)
        {
            var properties = collection.Features[i].Properties;
            var fits = properties.Level == AreaLevel.District ? properties.Parent is null
                : properties.Parent is { } parent && made.TryGetValue(parent, out var above) && above.Level == properties.Level - 1;
            if (!fits) return new GridFault("area_parent_invalid", $"features[{i}].properties.parent");
        }

        if (communities.Sum(community => CellsAcross(community.Shape.EnvelopeInternal)) > 10.0 * MostCells) return new GridFault("grid_too_large", "features");
        foreach (var (code, shape) in communities)
        {
            foreach (var cell in CellsOf(shape))
            {
                if (made.Count - collection.Features.Count >= MostCells) return new GridFault("grid_too_large", "features");
                // A centre on a border belongs to the community that comes first.
                made.TryAdd(cell, new GridArea { Grid = version, Code = cell, Level = AreaLevel.Cell, Parent = code, NameEn = cell, NameZh = cell });
            }
        }

        areas = [.. made.Values];
        return null;
    }

    private static IEnumerable<string> CellsOf(Geometry shape)
    {
        var box = shape.EnvelopeInternal;
        var prepared = PreparedGeometryFactory.Prepare(shape);
        var (first, last) = (GridCell.At(box.MinY, box.MinX), GridCell.At(box.MaxY, box.MaxX));
        for (var south = first.South; south <= last.South; south++)
        {
            for (var west = first.West; west <= last.West; west++)
            {
                var (latitude, longitude) = ((south + 0.5) * CellSize, (west + 0.5) * CellSize);
                if (prepared.Covers(Geometries.CreatePoint(new Coordinate(longitude, latitude)))) yield return GridCell.At(latitude, longitude).ToString();
            }
        }
    }

    private static double CellsAcross(Envelope box) => ((box.Width / CellSize) + 1) * ((box.Height / CellSize) + 1);

    private static Geometry? Read(AreaShape shape, ref int positions)
    {
        if (shape.Coordinates.ValueKind != JsonValueKind.Array) return null;
        JsonElement[] polygons = shape.Type == "Polygon" ? [shape.Coordinates] : [.. shape.Coordinates.EnumerateArray()];
        var read = new List<Polygon>();
        foreach (var polygon in polygons)
        {
            if (polygon.ValueKind != JsonValueKind.Array) return null;
            var rings = new List<LinearRing>();
            foreach (var ring in polygon.EnumerateArray())
            {
                if (ReadRing(ring, ref positions) is not { } closed) return null;
                rings.Add(closed);
            }

            if (rings.Count == 0) return null;
            read.Add(Geometries.CreatePolygon(rings[0], [.. rings.Skip(1)]));
        }

        return read.Count == 0 ? null : read.Count == 1 ? read[0] : Geometries.CreateMultiPolygon([.. read]);
    }

    private static LinearRing? ReadRing(JsonElement ring, ref int positions)
    {
        if (ring.ValueKind != JsonValueKind.Array || (positions += ring.GetArrayLength()) > MostPositions || ring.GetArrayLength() < 4) return null;
        var coordinates = new List<Coordinate>();
        foreach (var position in ring.EnumerateArray())
        {
            if (position.ValueKind != JsonValueKind.Array || position.GetArrayLength() is < 2 or > 3 || position[0].ValueKind != JsonValueKind.Number || position[1].ValueKind != JsonValueKind.Number) return null;
            var (longitude, latitude) = (position[0].GetDouble(), position[1].GetDouble());
            if (!(longitude is >= -180 and <= 180 && latitude is >= -90 and <= 90)) return null;
            coordinates.Add(new Coordinate(longitude, latitude));
        }

        return coordinates[0].Equals2D(coordinates[^1]) ? Geometries.CreateLinearRing([.. coordinates]) : null;
    }
}

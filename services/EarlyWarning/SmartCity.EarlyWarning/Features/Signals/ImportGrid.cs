using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>The city's districts, streets and communities come in as GeoJSON and make the next version of the grid; what was judged before keeps its own.</summary>
internal static class ImportGrid
{
    private const int MostBytes = 8 * 1024 * 1024;

    private static readonly AreaFeature Example = new(
        "Feature", new AreaProperties("310101001", AreaLevel.Community, "Nanjing Road", "南京路社区", "310101-01"),
        new AreaShape("Polygon", JsonSerializer.SerializeToElement<double[][][]>([[[121.47, 31.23], [121.49, 31.23], [121.49, 31.25], [121.47, 31.25], [121.47, 31.23]]])));

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/grid", ImportAsync)
            .WithName("ImportGrid").WithTags("Grid").WithSummary("Makes the next version of the grid; cells belong to the community in which their centre lies.")
            .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
            .WithExample(new AreaCollection("FeatureCollection", [Example]), new GridView(3, 1, 1, 1, 4))
            .Allow(Roles.Operator);
        features.MapGet("/grid", ShowAsync)
            .WithName("ShowGrid").WithTags("Grid").WithSummary("The areas of the grid in force as GeoJSON, by code: of one level, or below one area. Cells have no shape of their own.")
            .WithExample(answer: new Page<AreaView>([new AreaView("310101001", AreaLevel.Community, "310101-01", "Nanjing Road", "南京路社区", JsonSerializer.SerializeToElement(Example.Geometry, JsonSerializerOptions.Web))]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor, Roles.Operator);
    }

    private static async Task<Results<Ok<GridView>, Refusal>> ImportAsync(AreaCollection request, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"LOCK TABLE areas IN SHARE ROW EXCLUSIVE MODE", cancellationToken);
        var version = 1 + (await db.Areas.MaxAsync(area => (int?)area.Grid, cancellationToken) ?? 0);
        if (GridImport.TryMake(request, version, out var areas) is { } fault) return Refusal.Invalid(fault.Code, fault.Field);
        db.AddRange(areas);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return TypedResults.Ok(new GridView(version, Count(AreaLevel.District), Count(AreaLevel.Street), Count(AreaLevel.Community), Count(AreaLevel.Cell)));

        int Count(AreaLevel level) => areas.Count(area => area.Level == level);
    }

    private static async Task<Ok<Page<AreaView>>> ShowAsync(
        Word<AreaLevel>? level, [FromQuery] string? parent, [AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        var version = await db.Areas.MaxAsync(area => (int?)area.Grid, cancellationToken) ?? 0;
        var areas = db.Areas.AsNoTracking().Where(area => area.Grid == version && (page.After == null || area.Code.CompareTo(page.After) > 0) && (parent == null || area.Parent == parent));
        if (level is { Value: var wanted }) areas = areas.Where(area => area.Level == wanted);
        var rows = await areas.OrderBy(area => area.Code).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<AreaView>.From([.. rows.Select(AreaView.Of)], page.Take, area => area.Code));
    }

    /// <param name="Version">The version that is now in force.</param>
    /// <param name="Districts">How many.</param>
    /// <param name="Streets">How many.</param>
    /// <param name="Communities">How many.</param>
    /// <param name="Cells">How many lie in a community.</param>
    internal sealed record GridView(int Version, int Districts, int Streets, int Communities, int Cells);

    /// <param name="Code">The area.</param>
    /// <param name="Level">How large it is.</param>
    /// <param name="Parent">What it lies in; absent for a district, which lies in the city.</param>
    /// <param name="NameEn">In English.</param>
    /// <param name="NameZh">In Chinese.</param>
    /// <param name="Geometry">Its shape as GeoJSON; absent for a cell.</param>
    internal sealed record AreaView(string Code, AreaLevel Level, string? Parent, string NameEn, string NameZh, JsonElement? Geometry)
    {
        public static AreaView Of(GridArea area) => new(
            area.Code, area.Level, area.Parent, area.NameEn, area.NameZh, area.Geometry is { } shape ? JsonSerializer.Deserialize<JsonElement>(shape) : null);
    }
}

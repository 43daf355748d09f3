using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Data;

/// <summary>The versions of the grid. A version never changes, so each is read once.</summary>
internal sealed class Grids(IServiceScopeFactory scopes)
{
    private readonly ConcurrentDictionary<int, Grid> known = new() { [0] = Grid.None };

    public async Task<Grid> CurrentAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EarlyWarningDb>();
        return await OfAsync(db, await db.Areas.MaxAsync(area => (int?)area.Grid, cancellationToken) ?? 0, cancellationToken);
    }

    public async Task<Grid> OfAsync(int version, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await OfAsync(scope.ServiceProvider.GetRequiredService<EarlyWarningDb>(), version, cancellationToken);
    }

    private async Task<Grid> OfAsync(EarlyWarningDb db, int version, CancellationToken cancellationToken) =>
        known.TryGetValue(version, out var grid)
            ? grid
            // Shapes are large and only shown: what lies where is enough.
            : known.GetOrAdd(version, new Grid(version, await db.Areas.AsNoTracking().Where(area => area.Grid == version)
                .Select(area => new GridArea { Grid = area.Grid, Code = area.Code, Level = area.Level, Parent = area.Parent, NameEn = area.NameEn, NameZh = area.NameZh })
                .ToListAsync(cancellationToken)));
}

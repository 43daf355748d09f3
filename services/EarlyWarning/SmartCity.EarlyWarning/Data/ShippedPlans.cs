using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Data;

/// <summary>The response plans that the service comes with become version 1 of hazards that have none.</summary>
internal sealed class ShippedPlans(IServiceScopeFactory scopes, TimeProvider clock) : IHostedService
{
    private const string Folder = "Plans/";
    private const long LockNumber = 0x706C_616E_73;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EarlyWarningDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);
        var known = await db.ResponsePlans.Select(plan => plan.Hazard).Distinct().ToListAsync(cancellationToken);
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            var hazard = Path.GetFileNameWithoutExtension(name[Folder.Length..]);
            if (known.Contains(hazard)) continue;
            await using var stream = assembly.GetManifestResourceStream(name)!;
            var steps = await JsonSerializer.DeserializeAsync<List<PlanStep>>(stream, JsonSerializerOptions.Web, cancellationToken);
            db.Add(new ResponsePlan { Hazard = hazard, Version = 1, Steps = steps!, DraftedAt = clock.GetUtcNow(), ApprovedAt = clock.GetUtcNow() });
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.Upkeep;

/// <summary>Tells when people wait to be found, or to be told, or when visits are kept that should be gone. Degraded: check-ins go on.</summary>
internal sealed class TracingHealth(NpgsqlDataSource database, TracePolicyBook policies, IOptions<VisitLimits> limits, TimeProvider clock) : IHealthCheck
{
    /// <summary>A week is dropped within minutes after its time; a day means that dropping fails.</summary>
    private static readonly TimeSpan PurgePatience = TimeSpan.FromDays(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return HealthCheckResult.Degraded("No trace policy is in force: nobody is traced.");
        try
        {
            await using var command = database.CreateCommand(
                """
                SELECT
                    (SELECT count(*) FROM cases WHERE release = 'Waiting' AND withdrawn_at IS NULL AND policy IS NOT NULL AND traced_at < $1),
                    (SELECT count(*) FROM cases WHERE rerun_asked_at < $1) + (SELECT count(*) FROM cases WHERE traced_at > $2 AND traced_at - confirmed_at > $3),
                    (SELECT min(right(relname::text, 8)) FROM pg_inherits JOIN pg_class ON oid = inhrelid
                     WHERE inhparent IN ('visits'::regclass, 'infectious_stays'::regclass, 'trace_inputs'::regclass) AND relname LIKE '%\_week\_%')
                """);
            command.Parameters.Add(Sql.Value(now - limits.Value.ReleasePatience));
            command.Parameters.Add(Sql.Value(now - limits.Value.ReleasePatience));
            command.Parameters.Add(Sql.Value(limits.Value.TracingPatience));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var (waiting, late) = (reader.GetInt64(0), reader.GetInt64(1));
            var oldestWeek = await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2);
            var due = KeepPartitions.WeekOf(limits.Value.Horizon(now) - limits.Value.Longest - PurgePatience);
            string[] complaints =
            [
                .. late > 0 ? [$"{late} cases were traced late or wait to be traced again"] : Array.Empty<string>(),
                .. waiting > 0 ? [$"{waiting} traces wait for release"] : Array.Empty<string>(),
                .. oldestWeek is not null && string.CompareOrdinal(oldestWeek, KeepPartitions.Suffix(due)) < 0 ? [$"visits of the week from {oldestWeek} should be gone"] : Array.Empty<string>(),
            ];
            return complaints.Length == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", complaints));
        }
        catch (NpgsqlException away)
        {
            return HealthCheckResult.Degraded("The database did not answer.", away);
        }
    }
}

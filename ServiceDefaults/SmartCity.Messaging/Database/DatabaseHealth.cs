using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace SmartCity.Messaging;

/// <summary>Readiness: without its database a service can neither read nor commit.</summary>
internal sealed class DatabaseHealth(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Unhealthy("PostgreSQL does not answer.", fault);
        }
    }
}

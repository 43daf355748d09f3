using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SmartCity.Messaging;

/// <summary>
/// Applies the migrations before anything else starts; replicas that start together wait for the one that holds the lock.
/// <c>Database:Migrations</c> says otherwise where a job of the deployment migrates and the service waits for it.
/// </summary>
internal sealed partial class MigrateAtStart<TDb>(
    NpgsqlDataSource database, IServiceScopeFactory scopes, IConfiguration configuration, TimeProvider time, ILogger<MigrateAtStart<TDb>> logger) : IHostedLifecycleService
    where TDb : DbContext
{
    /// <summary>Advisory locks are per database, so one number serves every service.</summary>
    private const long LockNumber = 0x534D_4152_5443_4954;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var mode = configuration.GetValue("Database:Migrations", MigrationMode.AtStart);
        while (true)
        {
            try
            {
                if (mode != MigrationMode.Wait) await MigrateAsync(cancellationToken);
                // A job has no more to do; nothing of the service has begun that would have to end in order.
                if (mode == MigrationMode.Only) Environment.Exit(0);
                if (mode != MigrationMode.Wait || await IsMigratedAsync(cancellationToken)) return;
                WaitsForMigrations();
            }
            // 3D000: the server is up before the AppHost has created the database.
            catch (NpgsqlException fault) when (Faults.IsInfrastructure(fault) || fault.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                DatabaseNotReady(fault.Message);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<bool> IsMigratedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return !(await scope.ServiceProvider.GetRequiredService<TDb>().Database.GetPendingMigrationsAsync(cancellationToken)).Any();
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({LockNumber})", connection) { CommandTimeout = 0 };
        await take.ExecuteNonQueryAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToArray();
            if (pending.Length == 0) return;

            await db.Database.MigrateAsync(cancellationToken);
            Migrated(string.Join(", ", pending));
        }
        finally
        {
            await using var release = new NpgsqlCommand($"SELECT pg_advisory_unlock({LockNumber})", connection);
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "PostgreSQL was not ready for migrations, trying again: {Reason}")]
    private partial void DatabaseNotReady(string reason);

    [LoggerMessage(LogLevel.Information, "Waiting for the job that applies the migrations")]
    private partial void WaitsForMigrations();

    [LoggerMessage(LogLevel.Information, "Applied migrations {Migrations}")]
    private partial void Migrated(string migrations);
}

/// <summary>Who applies the migrations.</summary>
internal enum MigrationMode
{
    /// <summary>The service itself, when it starts.</summary>
    AtStart,

    /// <summary>The service, and then it ends: the job of a deployment.</summary>
    Only,

    /// <summary>Somebody else: the service starts once none is pending.</summary>
    Wait,
}

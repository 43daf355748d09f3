using Npgsql;
using SmartCity.PlaceRegistration.Data;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>A case in a transaction that holds its locks: nobody changes what was found while an officer decides about it.</summary>
internal sealed class LockedCase(NpgsqlConnection connection, NpgsqlTransaction transaction, CaseSource source, CaseRelease release) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    public NpgsqlTransaction Transaction => transaction;

    public CaseSource Case => source;

    public CaseRelease Release => release;

    /// <summary>Null where no such case is traced, or it was withdrawn.</summary>
    public static async Task<LockedCase?> OpenAsync(NpgsqlDataSource database, Guid caseId, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using (var find = new NpgsqlCommand("SELECT citizen_id FROM cases WHERE case_id = $1", connection, transaction))
            {
                find.Parameters.Add(Sql.Value(caseId));
                if (await find.ExecuteScalarAsync(cancellationToken) is Guid citizenId) await LockAsync(connection, transaction, citizenId, cancellationToken);
            }

            await using var read = new NpgsqlCommand(
                "SELECT case_id, citizen_id, infectious_from, infectious_until, policy, release FROM cases WHERE case_id = $1 AND withdrawn_at IS NULL AND policy IS NOT NULL", connection, transaction);
            read.Parameters.Add(Sql.Value(caseId));
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                await connection.DisposeAsync();
                return null;
            }

            return new LockedCase(connection, transaction, CaseTracing.ReadCase(reader), Enum.Parse<CaseRelease>(reader.GetString(5)));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task DecideAsync(TraceDecisionKind kind, RecallReason? reason, Guid officerId, int people, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO trace_decisions (case_id, officer_id, decided_at, kind, people, reason) VALUES ($1, $2, $3, $4, $5, $6)", connection, transaction);
        command.Parameters.Add(Sql.Value(source.Source.Id));
        command.Parameters.Add(Sql.Value(officerId));
        command.Parameters.Add(Sql.Value(now));
        command.Parameters.Add(Sql.Value(kind.ToString()));
        command.Parameters.Add(Sql.Value(people));
        command.Parameters.Add(Sql.Value(reason?.ToString()));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static async Task LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid citizenId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        CaseTracing.AddCaseLocks(batch, [citizenId]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}

using MassTransit;
using Npgsql;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Data;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>
/// A health code has changed: from this commit on no replica lets the person in by what it remembers from before, because every check-in compares
/// its version with this table in its own transaction. The greatest version holds, so repetition and disorder need no inbox.
/// </summary>
internal sealed class HearChangedCode(NpgsqlDataSource database, TimeProvider clock) : IConsumer<HealthCodeChanged>
{
    public async Task Consume(ConsumeContext<HealthCodeChanged> context)
    {
        await using var command = database.CreateCommand("""
            INSERT INTO changed_codes AS c (citizen_id, version, heard_at) VALUES ($1, $2, $3)
            ON CONFLICT (citizen_id) DO UPDATE SET version = excluded.version, heard_at = excluded.heard_at WHERE c.version < excluded.version
            """);
        command.Parameters.Add(Sql.Value(context.Message.CitizenId));
        command.Parameters.Add(Sql.Value(context.Message.Version));
        command.Parameters.Add(Sql.Value(clock.GetUtcNow()));
        await command.ExecuteNonQueryAsync(context.CancellationToken);
    }
}

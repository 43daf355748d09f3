using MassTransit;
using Npgsql;
using SmartCity.HealthCode.Contracts;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Data;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>A case never was: its exposures are withdrawn, and a confirmation that arrives later finds nothing to do.</summary>
internal sealed partial class WithdrawCase(
    NpgsqlDataSource database, TimeProvider clock, ILogger<WithdrawCase> logger) : IConsumer<CaseWithdrawn>
{
    public async Task Consume(ConsumeContext<CaseWithdrawn> context)
    {
        var (withdrawn, cancellationToken) = (context.Message, context.CancellationToken);
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await Inbox.EnterAsync(connection, transaction, Inbox.MessageIdOf(context), Inbox.ConsumerOf(context), cancellationToken)) return;

        await using var batch = new NpgsqlBatch(connection, transaction);
        CaseTracing.AddCaseLocks(batch, [withdrawn.CitizenId]);
        batch.Add(
            """
            INSERT INTO cases AS c (case_id, citizen_id, withdrawn_at) VALUES ($1, $2, $3)
            ON CONFLICT (case_id) DO UPDATE SET withdrawn_at = excluded.withdrawn_at WHERE c.withdrawn_at IS NULL
            """,
            Sql.Value(withdrawn.CaseId), Sql.Value(withdrawn.CitizenId), Sql.Value(withdrawn.WithdrawnAt));
        await batch.ExecuteNonQueryAsync(cancellationToken);

        await ExposureLog.TakeBackAsync(connection, transaction, withdrawn.CaseId, withdrawn: true, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Withdrew(withdrawn.CaseId);
    }

    [LoggerMessage(LogLevel.Information, "What followed from case {CaseId} was withdrawn.")]
    private partial void Withdrew(Guid caseId);
}

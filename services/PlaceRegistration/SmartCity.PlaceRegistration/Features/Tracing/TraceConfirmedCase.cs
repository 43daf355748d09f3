using MassTransit;
using Npgsql;
using SmartCity.HealthCode.Contracts;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>A case is confirmed: everybody who breathed the same air is found, and told of in the same transaction where the policy approves that.</summary>
internal sealed partial class TraceConfirmedCase(
    NpgsqlDataSource database, CaseTracing tracing, TracePolicyBook policies, TimeProvider clock, ILogger<TraceConfirmedCase> logger) : IConsumer<CaseConfirmed>
{
    public async Task Consume(ConsumeContext<CaseConfirmed> context)
    {
        var (confirmed, cancellationToken) = (context.Message, context.CancellationToken);
        var infectious = new Interval(confirmed.InfectiousFrom, confirmed.InfectiousUntil);
        var now = clock.GetUtcNow();
        var policy = policies.Require(now);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await Inbox.EnterAsync(connection, transaction, Inbox.MessageIdOf(context), Inbox.ConsumerOf(context), cancellationToken)) return;

        await using var batch = new NpgsqlBatch(connection, transaction);
        CaseTracing.AddCaseLocks(batch, [confirmed.CitizenId]);
        // A withdrawal that came first stands, and of two confirmations the later one holds.
        batch.Add(
            """
            INSERT INTO cases AS c (case_id, citizen_id, onset_at, infectious_from, infectious_until, confirmed_at, traced_at, policy)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (case_id) DO UPDATE SET
                onset_at = excluded.onset_at, infectious_from = excluded.infectious_from, infectious_until = excluded.infectious_until,
                confirmed_at = excluded.confirmed_at, traced_at = excluded.traced_at, policy = excluded.policy
            WHERE c.withdrawn_at IS NULL AND c.confirmed_at < excluded.confirmed_at
            """,
            Sql.Value(confirmed.CaseId), Sql.Value(confirmed.CitizenId), Sql.Value(confirmed.OnsetAt), Sql.Value(infectious.From), Sql.Value(infectious.Until),
            Sql.Value(confirmed.ConfirmedAt), Sql.Value(now), Sql.Value(policy.Version));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        var isNews = batch.BatchCommands[^1].RecordsAffected == 1;
        if (isNews)
        {
            var source = new CaseSource(new Source(confirmed.CaseId, confirmed.CitizenId, infectious.From, infectious.Until), policy.Version);
            await tracing.TraceAsync(connection, transaction, [source], TraceCause.Confirmed, now, cancellationToken);
            await TraceRelease.IfApprovedAsync(connection, transaction, confirmed.CaseId, policy, now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        if (!isNews) return;
        Traced(confirmed.CaseId);
        TracingTelemetry.Lagged(clock.GetUtcNow() - confirmed.ConfirmedAt);
    }

    [LoggerMessage(LogLevel.Information, "Case {CaseId} was traced.")]
    private partial void Traced(Guid caseId);
}

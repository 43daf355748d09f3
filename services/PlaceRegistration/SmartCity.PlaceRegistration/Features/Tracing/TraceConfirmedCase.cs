using MassTransit;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.HealthCode.Contracts;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>A case is confirmed: everybody who was at the same place at the same time is found, and told of in the same transaction.</summary>
internal sealed partial class TraceConfirmedCase(
    NpgsqlDataSource database, IOptions<VisitLimits> limits, TimeProvider clock, ILogger<TraceConfirmedCase> logger) : IConsumer<CaseConfirmed>
{
    public async Task Consume(ConsumeContext<CaseConfirmed> context)
    {
        var (confirmed, cancellationToken) = (context.Message, context.CancellationToken);
        var infectious = new Interval(confirmed.InfectiousFrom, confirmed.InfectiousUntil);
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await Inbox.EnterAsync(connection, transaction, Inbox.MessageIdOf(context), Inbox.ConsumerOf(context), cancellationToken)) return;

        await using var batch = new NpgsqlBatch(connection, transaction);
        ExposureLog.AddCaseLocks(batch, confirmed.CitizenId);
        // A withdrawal that came first stands, and of two confirmations the later one holds.
        batch.Add(
            """
            INSERT INTO cases AS c (case_id, citizen_id, infectious_from, infectious_until, confirmed_at, traced_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (case_id) DO UPDATE SET
                infectious_from = excluded.infectious_from, infectious_until = excluded.infectious_until,
                confirmed_at = excluded.confirmed_at, traced_at = excluded.traced_at
            WHERE c.withdrawn_at IS NULL AND c.confirmed_at < excluded.confirmed_at
            """,
            Sql.Value(confirmed.CaseId), Sql.Value(confirmed.CitizenId), Sql.Value(infectious.From), Sql.Value(infectious.Until),
            Sql.Value(confirmed.ConfirmedAt), Sql.Value(now));
        ExposureLog.AddInfectiousStays(batch, [confirmed.CitizenId], limits.Value);
        await batch.ExecuteNonQueryAsync(cancellationToken);

        var touched = await PlacesAsync(connection, transaction, confirmed, cancellationToken);
        await ExposureLog.RetraceAsync(connection, transaction, touched, now, limits.Value, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Traced(confirmed.CaseId, touched.Count);
    }

    /// <summary>Where the case was; and where exposures were found before, should the infectious period have changed.</summary>
    private static async Task<List<Touched>> PlacesAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CaseConfirmed confirmed, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT place_id FROM infectious_stays WHERE case_id = $1 UNION SELECT place_id FROM exposures WHERE case_id = $1", connection, transaction);
        command.Parameters.Add(Sql.Value(confirmed.CaseId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var touched = new List<Touched>();
        while (await reader.ReadAsync(cancellationToken)) touched.Add(new Touched(confirmed.CitizenId, reader.GetGuid(0)));
        return touched;
    }

    [LoggerMessage(LogLevel.Information, "Case {CaseId} was traced at {Places} places.")]
    private partial void Traced(Guid caseId, int places);
}

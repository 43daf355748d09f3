using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.Upkeep;

/// <summary>Adds new visits, late ones too, to the running totals of their grid cell and hour, and tells the totals that changed.</summary>
internal sealed class CountVisits(NpgsqlDataSource database, IOptions<VisitLimits> limits, TimeProvider clock, ILogger<CountVisits> logger)
    : RecurringWork(database, limits.Value.CountInterval, clock, logger)
{
    protected override int LockNumber => 3;

    protected override async Task DoAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var count = new NpgsqlCommand(
            """
            WITH taken AS (
                DELETE FROM visit_marks WHERE ctid = ANY (ARRAY(SELECT ctid FROM visit_marks LIMIT 50000)) RETURNING cell, hour, visits)
            INSERT INTO visit_counts AS c (cell, hour, visits)
            SELECT cell, hour, sum(visits) FROM taken GROUP BY 1, 2
            ON CONFLICT (cell, hour) DO UPDATE SET visits = c.visits + excluded.visits
            RETURNING cell, hour, visits
            """, connection, transaction);
        var events = new List<OutgoingEvent>();
        await using (var reader = await count.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var counted = new VisitsCounted(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt32(2), now);
                events.Add(new OutgoingEvent(counted, counted.Cell));
            }
        }

        await Outbox.AppendAsync(connection, transaction, events, cancellationToken);
    }
}

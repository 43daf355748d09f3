using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.Upkeep;

/// <summary>Forgets what was derived from visits when its time is over: keys with the visits, cases and what was found about them some months later.</summary>
internal sealed class ForgetTraces(NpgsqlDataSource database, IOptions<VisitLimits> limits, TimeProvider clock, ILogger<ForgetTraces> logger)
    : RecurringWork(database, limits.Value.UpkeepInterval, clock, logger)
{
    protected override int LockNumber => 5;

    protected override async Task DoAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var oldest = Sql.Value(limits.Value.Horizon(now) - limits.Value.Longest);
        var oldestCase = Sql.Value(now.AddDays(-limits.Value.CaseRetentionDays));
        await using var batch = new NpgsqlBatch(connection, transaction);
        // A batch at a time: the next round goes on.
        batch.Add("DELETE FROM visit_keys WHERE ctid = ANY (ARRAY(SELECT ctid FROM visit_keys WHERE recorded_at < $1 LIMIT 50000))", oldest);
        batch.Add("DELETE FROM visit_counts WHERE hour < $1", oldest);
        batch.Add("DELETE FROM plate_reads WHERE read_at < $1", oldest);
        batch.Add("DELETE FROM truth_samples WHERE arrived_at < $1", oldest);
        batch.Add("DELETE FROM trips WHERE ends_at < $1", oldest);
        // Nothing that is remembered of a person is that old.
        batch.Add("DELETE FROM changed_codes WHERE heard_at < $1", Sql.Value(now.AddDays(-1)));
        batch.Add(
            """
            WITH over AS (DELETE FROM cases WHERE coalesce(infectious_until, withdrawn_at) < $1 RETURNING case_id)
            , run AS (DELETE FROM trace_runs r USING over WHERE r.case_id = over.case_id)
            , decided AS (DELETE FROM trace_decisions d USING over WHERE d.case_id = over.case_id)
            DELETE FROM exposures e USING over WHERE e.case_id = over.case_id
            """,
            oldestCase);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}

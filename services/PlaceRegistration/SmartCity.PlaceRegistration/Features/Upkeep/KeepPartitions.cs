using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.Upkeep;

/// <summary>
/// Makes the weeks of visits, and of what tracing copies from them, ahead and drops those that are over their time: what is dropped is gone from the data
/// files, which a deleted row is not.
/// </summary>
internal sealed partial class KeepPartitions(NpgsqlDataSource database, IOptions<VisitLimits> limits, TimeProvider clock, ILogger<KeepPartitions> logger)
    : RecurringWork(database, limits.Value.UpkeepInterval, clock, logger)
{
    private const string Infix = "_week_";
    private const string DateFormat = "yyyyMMdd";

    /// <summary>Everything that holds visits, and the time whose week it lies in.</summary>
    private static readonly (string Table, string Time)[] Tables = [("visits", "arrived_at"), ("infectious_stays", "from_at"), ("trace_inputs", "oldest_at")];

    private static readonly TimeSpan Ahead = TimeSpan.FromDays(2 * VisitLimits.PartitionDays);

    /// <summary>The planner's statistics hold samples of the visits. True at start, because whoever dropped a week may have been killed before this.</summary>
    private bool statisticsMayHoldVisits = true;

    protected override int LockNumber => 4;

    protected override async Task DoAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Rather give up a round than make everybody who checks in wait behind a long query.
        await ExecuteAsync(connection, transaction, "SET LOCAL lock_timeout = '2s'", cancellationToken);

        // A stay that began before the horizon may reach over it.
        var oldest = limits.Value.Horizon(now) - limits.Value.Longest;
        foreach (var (table, time) in Tables)
        {
            var existing = await WeeksAsync(connection, transaction, table, cancellationToken);
            foreach (var week in existing.Where(week => week.AddDays(VisitLimits.PartitionDays) <= oldest))
            {
                await ExecuteAsync(connection, transaction, $"DROP TABLE {NameOf(table, week)}", cancellationToken);
                statisticsMayHoldVisits = true;
                WeekDropped(week, table);
            }

            for (var week = WeekOf(oldest); week < now + Ahead; week = week.AddDays(VisitLimits.PartitionDays))
            {
                if (!existing.Contains(week)) await MakeAsync(connection, transaction, table, time, week, cancellationToken);
            }

            await ExecuteAsync(connection, transaction, $"DELETE FROM {table}_default WHERE {time} < {Literal(WeekOf(oldest))}", cancellationToken);
            await TruncateAsync(connection, transaction, $"{table}_default", cancellationToken);
        }
    }

    /// <summary>Rewrites the statistics without what was dropped: a row that is only deleted stays readable in the file.</summary>
    protected override async Task AfterwardsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!statisticsMayHoldVisits) return;
        await using var command = new NpgsqlCommand("VACUUM FULL pg_statistic", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        statisticsMayHoldVisits = false;
    }

    /// <summary>What has moved on, or was deleted, still lies in the file of an empty table.</summary>
    private static async Task TruncateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_relation_size('{table}') > 0 AND NOT EXISTS (SELECT FROM {table})", connection, transaction);
        if (await command.ExecuteScalarAsync(cancellationToken) is not true) return;
        await ExecuteAsync(connection, transaction, $"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", cancellationToken);
        if (await command.ExecuteScalarAsync(cancellationToken) is true) await ExecuteAsync(connection, transaction, $"TRUNCATE {table}", cancellationToken);
    }

    /// <summary>Rows of that week which the default partition took in the meantime move along.</summary>
    private static async Task MakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string table, string time, DateTimeOffset week, CancellationToken cancellationToken)
    {
        var (name, from, until) = (NameOf(table, week), Literal(week), Literal(week.AddDays(VisitLimits.PartitionDays)));
        await using var read = new NpgsqlCommand(
            "SELECT string_agg(attname::text, ', ') FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped", connection, transaction);
        read.Parameters.Add(Sql.Value(table));
        var columns = (string)(await read.ExecuteScalarAsync(cancellationToken))!;
        await ExecuteAsync(
            connection, transaction,
            $"""
            LOCK TABLE {table}_default IN ACCESS EXCLUSIVE MODE;
            CREATE TABLE {name} (LIKE {table} INCLUDING ALL);
            WITH moved AS (DELETE FROM {table}_default WHERE {time} >= {from} AND {time} < {until} RETURNING *)
            INSERT INTO {name} ({columns}) SELECT {columns} FROM moved;
            ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({until});
            """,
            cancellationToken);
    }

    private static async Task<HashSet<DateTimeOffset>> WeeksAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT relname::text FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = '{table}'::regclass AND relname LIKE '{table}{Infix}%'",
            connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var weeks = new HashSet<DateTimeOffset>();
        while (await reader.ReadAsync(cancellationToken))
        {
            weeks.Add(DateTimeOffset.ParseExact(reader.GetString(0)[(table + Infix).Length..], DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        }

        return weeks;
    }

    /// <summary>The Monday of the week, at midnight UTC.</summary>
    public static DateTimeOffset WeekOf(DateTimeOffset time)
    {
        var day = new DateTimeOffset(time.UtcDateTime.Date, TimeSpan.Zero);
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    private static string NameOf(string table, DateTimeOffset week) => table + Infix + Suffix(week);

    public static string Suffix(DateTimeOffset week) => week.ToString(DateFormat, CultureInfo.InvariantCulture);

    private static string Literal(DateTimeOffset time) => $"'{time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}+00'";

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "The week from {Week:yyyy-MM-dd} of {Table} was dropped: its time is over.")]
    private partial void WeekDropped(DateTimeOffset week, string table);
}

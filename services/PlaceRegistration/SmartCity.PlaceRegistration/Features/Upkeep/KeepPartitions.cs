using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.Upkeep;

/// <summary>
/// Makes the weeks of visits ahead and drops those that are over their time: what is dropped is gone from the data files, which a deleted row is not.
/// </summary>
internal sealed partial class KeepPartitions(NpgsqlDataSource database, IOptions<VisitLimits> limits, TimeProvider clock, ILogger<KeepPartitions> logger)
    : RecurringWork(database, limits.Value.UpkeepInterval, clock, logger)
{
    private const string Prefix = "visits_week_";
    private const string DateFormat = "yyyyMMdd";
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(2 * VisitLimits.PartitionDays);

    protected override int LockNumber => 4;

    protected override async Task DoAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Rather give up a round than make everybody who checks in wait behind a long query.
        await ExecuteAsync(connection, transaction, "SET LOCAL lock_timeout = '2s'", cancellationToken);

        // A stay that began before the horizon may reach over it.
        var oldest = limits.Value.Horizon(now) - limits.Value.Longest;
        var existing = await WeeksAsync(connection, transaction, cancellationToken);
        foreach (var week in existing.Where(week => week.AddDays(VisitLimits.PartitionDays) <= oldest))
        {
            await ExecuteAsync(connection, transaction, $"DROP TABLE {NameOf(week)}", cancellationToken);
            WeekDropped(week);
        }

        for (var week = WeekOf(oldest); week < now + Ahead; week = week.AddDays(VisitLimits.PartitionDays))
        {
            if (!existing.Contains(week)) await MakeAsync(connection, transaction, week, cancellationToken);
        }

        await ExecuteAsync(connection, transaction, $"DELETE FROM visits_default WHERE arrived_at < {Literal(WeekOf(oldest))}", cancellationToken);
    }

    /// <summary>Visits of that week which the default partition took in the meantime move along.</summary>
    private static Task MakeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset week, CancellationToken cancellationToken)
    {
        var (name, from, until) = (NameOf(week), Literal(week), Literal(week.AddDays(VisitLimits.PartitionDays)));
        return ExecuteAsync(
            connection, transaction,
            $"""
            LOCK TABLE visits_default IN ACCESS EXCLUSIVE MODE;
            CREATE TABLE {name} (LIKE visits INCLUDING ALL);
            WITH moved AS (DELETE FROM visits_default WHERE arrived_at >= {from} AND arrived_at < {until} RETURNING *)
            INSERT INTO {name} SELECT * FROM moved;
            ALTER TABLE visits ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({until});
            """,
            cancellationToken);
    }

    private static async Task<HashSet<DateTimeOffset>> WeeksAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT relname::text FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'visits'::regclass AND relname LIKE '{Prefix}%'",
            connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var weeks = new HashSet<DateTimeOffset>();
        while (await reader.ReadAsync(cancellationToken))
        {
            weeks.Add(DateTimeOffset.ParseExact(reader.GetString(0)[Prefix.Length..], DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        }

        return weeks;
    }

    /// <summary>The Monday of the week, at midnight UTC.</summary>
    private static DateTimeOffset WeekOf(DateTimeOffset time)
    {
        var day = new DateTimeOffset(time.UtcDateTime.Date, TimeSpan.Zero);
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    private static string NameOf(DateTimeOffset week) => Prefix + week.ToString(DateFormat, CultureInfo.InvariantCulture);

    private static string Literal(DateTimeOffset time) => $"'{time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}+00'";

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "The visits of the week from {Week:yyyy-MM-dd} were dropped: their time is over.")]
    private partial void WeekDropped(DateTimeOffset week);
}

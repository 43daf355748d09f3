using Npgsql;
using NpgsqlTypes;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Data;

/// <summary>What became of a batch.</summary>
/// <param name="Revision">The revision that it made; null if it said nothing new.</param>
/// <param name="Stored">Values that are new or changed.</param>
/// <param name="Corrected">Those of them that replace another value.</param>
/// <param name="Duplicates">Values that were known, or that a later line of the batch replaces.</param>
/// <param name="Quarantined">Totals that fell.</param>
internal sealed record Appended(long? Revision, int Stored, int Corrected, int Duplicates, int Quarantined);

/// <summary>
/// Writes and reads values: nothing is overwritten, a correction is a further row with a higher revision. Written by COPY after one look at what is known,
/// because a million values a day must not take a round trip each.
/// </summary>
internal sealed class SignalStore(NpgsqlDataSource database)
{
    /// <summary>The streams' lock numbers; the high half keeps them apart from locks of others in this database.</summary>
    private const long Locks = 0x51674E41L << 32;

    /// <summary>Writes a batch in a transaction of its own.</summary>
    public async Task<Appended> AppendAsync(
        SignalStream stream, string feed, IReadOnlyList<(string Kind, string Area)> keys, List<BatchValue> values, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, stream, cancellationToken);
        var appended = await AppendAsync(connection, stream, feed, keys, values, now, review: StreamShape.Of(stream).IsCumulative, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return appended;
    }

    /// <summary>One writer per stream: revisions ascend in the order of commit, and what is compared with is what is there.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, SignalStream stream, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Locks | (uint)stream });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Writes within the caller's transaction, which holds the stream's lock.</summary>
    /// <param name="review">Whether totals that fell are held back for a person.</param>
    public static async Task<Appended> AppendAsync(
        NpgsqlConnection connection, SignalStream stream, string feed, IReadOnlyList<(string Kind, string Area)> keys, List<BatchValue> values, DateTimeOffset now, bool review,
        CancellationToken cancellationToken)
    {
        var series = await SeriesAsync(connection, stream, keys, cancellationToken);
        // Stable, so that of two lines about the same the later one holds.
        var sorted = values.Select(value => (Series: series[value.Key], value.Key, value.At, value.Value)).OrderBy(value => value.Series).ThenBy(value => value.At).ToArray();
        if (sorted.Length == 0) return new Appended(null, 0, 0, 0, 0);

        var known = await KnownAsync(connection, series, sorted.Min(value => value.At), sorted.Max(value => value.At), review, cancellationToken);
        var (news, fallen) = (new List<(int Series, DateTimeOffset At, double? Value)>(sorted.Length), new List<QuarantinedValue>());
        var (corrected, duplicates) = (0, 0);
        for (var i = 0; i < sorted.Length; i++)
        {
            var (id, key, at, value) = sorted[i];
            if (i + 1 < sorted.Length && sorted[i + 1].Series == id && sorted[i + 1].At == at)
            {
                duplicates++;
                continue;
            }

            var before = known.Find(id, at);
            if (before is { } same && same.Value == value)
            {
                duplicates++;
                continue;
            }

            if (review && value is { } total && known.Contradiction(id, at, total) is { } neighbour)
            {
                fallen.Add(new QuarantinedValue
                {
                    Id = Guid.CreateVersion7(now), Stream = stream, Kind = keys[key].Kind, Area = keys[key].Area, At = at, Value = total, Neighbour = neighbour, Feed = feed, ReceivedAt = now,
                });
                continue;
            }

            if (review) known.Add(id, at, value);
            corrected += before is null ? 0 : 1;
            news.Add((id, at, value));
        }

        var quarantined = await QuarantineAsync(connection, fallen, cancellationToken);
        duplicates += fallen.Count - quarantined;
        if (news.Count == 0) return new Appended(null, 0, 0, duplicates, quarantined);

        var revision = await RevisionAsync(connection, stream, feed, now, news, cancellationToken);
        await using var copy = await connection.BeginBinaryImportAsync("COPY signal_values (series, at, revision, value) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var (id, at, value) in news)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(id, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(at, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(revision, NpgsqlDbType.Bigint, cancellationToken);
            if (value is { } number) await copy.WriteAsync(number, NpgsqlDbType.Double, cancellationToken);
            else await copy.WriteNullAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
        return new Appended(revision, news.Count, corrected, duplicates, quarantined);
    }

    private static async Task<int[]> SeriesAsync(NpgsqlConnection connection, SignalStream stream, IReadOnlyList<(string Kind, string Area)> keys, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            WITH wanted AS (
                SELECT kind, area, position FROM unnest($2, $3) WITH ORDINALITY AS w (kind, area, position)
            ), made AS (
                INSERT INTO signal_series (stream, kind, area)
                SELECT $1, kind, area FROM wanted w WHERE NOT EXISTS (SELECT FROM signal_series s WHERE (s.stream, s.kind, s.area) = ($1, w.kind, w.area))
                RETURNING id, kind, area
            )
            SELECT position, id FROM wanted JOIN (SELECT id, kind, area FROM made UNION ALL SELECT id, kind, area FROM signal_series WHERE stream = $1) s USING (kind, area)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream.ToString() });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(key => key.Kind)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(key => key.Area)] });
        var series = new int[keys.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) series[reader.GetInt64(0) - 1] = reader.GetInt32(1);
        return series;
    }

    /// <summary>What is known in the batch's time; for totals also the value before and the value after it.</summary>
    private static async Task<KnownTotals> KnownAsync(NpgsqlConnection connection, int[] series, DateTimeOffset from, DateTimeOffset to, bool neighbours, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT DISTINCT ON (series, at) series, at, value FROM signal_values
            WHERE series = ANY ($1) {(neighbours ? "" : "AND at BETWEEN $2 AND $3")}
            ORDER BY series, at, revision DESC
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = series });
        if (!neighbours)
        {
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = from });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = to });
        }

        var known = new KnownTotals();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            known.Add(reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetDouble(2));
        return known;
    }

    private static async Task<long> RevisionAsync(
        NpgsqlConnection connection, SignalStream stream, string feed, DateTimeOffset now, List<(int Series, DateTimeOffset At, double? Value)> news, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO signal_revisions (stream, known_at, feed, first_day, last_day, series) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream.ToString() });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = feed });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = CityDay.Of(news.Min(value => value.At)) });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = CityDay.Of(news.Max(value => value.At)) });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. news.Select(value => value.Series).Distinct()] });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Sent again, a value that waits or was rejected makes no second entry.</summary>
    private static async Task<int> QuarantineAsync(NpgsqlConnection connection, List<QuarantinedValue> values, CancellationToken cancellationToken)
    {
        var made = 0;
        foreach (var value in values)
        {
            await using var command = new NpgsqlCommand("""
                INSERT INTO quarantined_values (id, stream, kind, area, at, value, neighbour, feed, received_at, state)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'Waiting') ON CONFLICT (stream, kind, area, at, value) DO NOTHING
                """, connection)
            {
                Parameters =
                {
                    new() { Value = value.Id }, new() { Value = value.Stream.ToString() }, new() { Value = value.Kind }, new() { Value = value.Area }, new() { Value = value.At },
                    new() { Value = value.Value }, new() { Value = value.Neighbour }, new() { Value = value.Feed }, new() { Value = value.ReceivedAt },
                },
            };
            made += await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return made;
    }

    /// <summary>Values by series and time.</summary>
    private sealed class KnownTotals
    {
        private readonly Dictionary<(int, DateTimeOffset), double?> values = [];
        private readonly Dictionary<int, SortedList<DateTimeOffset, double>> totals = [];

        public void Add(int series, DateTimeOffset at, double? value)
        {
            values[(series, at)] = value;
            if (value is not { } total) return;
            if (!totals.TryGetValue(series, out var list)) totals[series] = list = [];
            list[at] = total;
        }

        public (double? Value, bool _)? Find(int series, DateTimeOffset at) => values.TryGetValue((series, at), out var value) ? (value, true) : null;

        /// <summary>The nearest total before that is larger, or after that is smaller; null if there is none.</summary>
        public double? Contradiction(int series, DateTimeOffset at, double total)
        {
            if (!totals.TryGetValue(series, out var list)) return null;
            var (low, high) = (0, list.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (list.GetKeyAtIndex(middle) < at) low = middle + 1;
                else high = middle;
            }

            if (low > 0 && list.GetValueAtIndex(low - 1) is var before && before > total) return before;
            var next = low < list.Count && list.GetKeyAtIndex(low) == at ? low + 1 : low;
            return next < list.Count && list.GetValueAtIndex(next) is var after && after < total ? after : null;
        }
    }
}

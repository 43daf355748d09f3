using Npgsql;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Data;

/// <summary>How far what is known reaches: everything that a daily series is made from beside its values.</summary>
/// <param name="Revision">Up to this revision.</param>
/// <param name="ZeroFrom">The first day of which anything at all is known.</param>
/// <param name="ZeroUntil">The last day on which the stream's feed is known to have been listening.</param>
internal sealed record Knowledge(long Revision, DateOnly ZeroFrom, DateOnly ZeroUntil);

/// <summary>Reads daily series of areas, as now or as then known.</summary>
internal sealed class SignalReader(NpgsqlDataSource database)
{
    /// <summary>What is known of a stream now, or was at a moment.</summary>
    /// <param name="today">Zeros reach to here where a feed may be silent for any time.</param>
    /// <param name="knownAt">Null for now.</param>
    public async Task<Knowledge> KnowledgeAsync(SignalStream stream, DateOnly today, DateTimeOffset? knownAt, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT coalesce(max(id) FILTER (WHERE stream = $1), 0), min(first_day), max(last_day) FILTER (WHERE stream = $1)
            FROM signal_revisions WHERE $2::timestamptz IS NULL OR known_at <= $2
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = knownAt is { } moment ? moment.ToUniversalTime() : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var first = await reader.IsDBNullAsync(1, cancellationToken) ? today.AddDays(1) : reader.GetFieldValue<DateOnly>(1);
        var heard = await reader.IsDBNullAsync(2, cancellationToken) ? first.AddDays(-1) : reader.GetFieldValue<DateOnly>(2);
        return new Knowledge(reader.GetInt64(0), first, StreamShape.Of(stream).LongestSilence is null ? today : heard);
    }

    /// <summary>The areas of a level from whose series anything was ever delivered, in order.</summary>
    /// <param name="kind">Null for all kinds together.</param>
    public async Task<IReadOnlyList<string>> AreasAsync(SignalStream stream, string? kind, AreaLevel level, Grid grid, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT DISTINCT area FROM signal_series WHERE stream = $1 AND ($2::text IS NULL OR kind = $2)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)kind ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var areas = new SortedSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            if (grid.Above(reader.GetString(0), level) is { } area) areas.Add(area);
        return [.. areas];
    }

    /// <summary>One value a day for each area, NaN where nothing was observed.</summary>
    /// <param name="kind">Null for all kinds together.</param>
    /// <param name="areas">Areas of one level of the grid, or of several.</param>
    public async Task<IReadOnlyDictionary<string, double[]>> ReadAsync(
        SignalStream stream, string? kind, IReadOnlyCollection<string> areas, Grid grid, DateOnly first, int days, Knowledge knowledge, CancellationToken cancellationToken)
    {
        var shape = StreamShape.Of(stream);
        var members = await MembersAsync(stream, kind, areas, grid, cancellationToken);
        var values = areas.ToDictionary(area => area, _ => new List<KnownValue>());
        await using var command = database.CreateCommand("""
            SELECT DISTINCT ON (series, at) series, at, value FROM signal_values
            WHERE series = ANY ($1) AND at >= $2 AND at < $3 AND revision <= $4
            ORDER BY series, at, revision DESC
            """);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. members.Keys] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = CityDay.Start(shape.IsCumulative ? first.AddDays(-1) : first) });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = CityDay.Start(first.AddDays(days)) });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = knowledge.Revision });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (await reader.IsDBNullAsync(2, cancellationToken)) continue;
            var value = new KnownValue(reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetDouble(2));
            foreach (var area in members[value.Series]) values[area].Add(value);
        }

        return values.ToDictionary(pair => pair.Key, pair => DailySeries.Compose(shape, pair.Value, first, days, knowledge.ZeroFrom, knowledge.ZeroUntil));
    }

    /// <summary>The areas among these that values of a series count in.</summary>
    private async Task<Dictionary<int, string[]>> MembersAsync(SignalStream stream, string? kind, IReadOnlyCollection<string> areas, Grid grid, CancellationToken cancellationToken)
    {
        var wanted = areas.ToHashSet();
        var members = new Dictionary<int, string[]>();
        await using var command = database.CreateCommand("SELECT id, area FROM signal_series WHERE stream = $1 AND ($2::text IS NULL OR kind = $2)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)kind ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var area = reader.GetString(1);
            string[] counting = [.. Enum.GetValues<AreaLevel>().Select(level => grid.Above(area, level)).OfType<string>().Append(area).Distinct().Where(wanted.Contains)];
            if (counting.Length > 0) members[reader.GetInt32(0)] = counting;
        }

        return members;
    }
}

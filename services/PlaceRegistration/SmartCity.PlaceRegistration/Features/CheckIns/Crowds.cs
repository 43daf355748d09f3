using System.Collections.Concurrent;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>
/// How many are at a place now. Counted in the database every few seconds, oftener where it gets full, and between two counts by who comes in here: so several
/// replicas may let in a few more than a place holds, and nobody counts thousands of visits for every check-in.
/// </summary>
internal sealed class Crowds(NpgsqlDataSource database, Microsoft.Extensions.Options.IOptions<VisitLimits> limits, TimeProvider clock)
{
    /// <summary>From this share of what it holds on, a place is counted oftener and stands in the list of crowded places.</summary>
    public const double Crowded = 0.8;

    private const int MostRemembered = 50_000;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Count> counts = new();

    public async ValueTask<Crowd> OfAsync(Place place, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!counts.TryGetValue(place.Id, out var count) || (now - count.At).Duration() > (count.Visitors >= Crowded * place.Capacity ? Often : Seldom))
        {
            if (counts.Count >= MostRemembered) counts.Clear();
            count = counts[place.Id] = new Count(now, await CountAsync(database, place.Id, now, limits.Value, cancellationToken));
            await AlertAsync(place, count, now, cancellationToken);
        }

        return new Crowd(count.Visitors, place.Capacity);
    }

    /// <summary>Somebody came in.</summary>
    public void Add(Guid placeId)
    {
        if (counts.TryGetValue(placeId, out var count)) Interlocked.Increment(ref count.Visitors);
    }

    /// <summary>Who checked in at the place or a part of it, did not check out, and whose time-out is not over; each person once.</summary>
    public static async Task<int> CountAsync(NpgsqlDataSource database, Guid placeId, DateTimeOffset now, VisitLimits limits, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT count(DISTINCT v.citizen_id)::int
            FROM (SELECT $1 AS id UNION ALL SELECT id FROM places WHERE ancestors @> ARRAY[$1]) AS part
            CROSS JOIN LATERAL (
                SELECT citizen_id FROM visits WHERE place_id = part.id AND arrived_at > $2 AND arrived_at <= $3 AND until > $4 AND is_open OFFSET 0) AS v
            """);
        command.Parameters.Add(Sql.Value(placeId));
        command.Parameters.Add(Sql.Value(now - limits.Longest));
        command.Parameters.Add(Sql.Value(now + limits.ClockSkew));
        command.Parameters.Add(Sql.Value(now));
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether this person is one of them.</summary>
    public async Task<bool> IsInsideAsync(Guid placeId, Guid citizenId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT EXISTS (
                SELECT FROM visits v JOIN places p ON p.id = v.place_id
                WHERE v.citizen_id = $2 AND v.arrived_at > $3 AND v.arrived_at <= $4 AND v.until > $5 AND v.is_open AND (p.id = $1 OR p.ancestors @> ARRAY[$1]))
            """);
        command.Parameters.Add(Sql.Value(placeId));
        command.Parameters.Add(Sql.Value(citizenId));
        command.Parameters.Add(Sql.Value(now - limits.Value.Longest));
        command.Parameters.Add(Sql.Value(now + limits.Value.ClockSkew));
        command.Parameters.Add(Sql.Value(now));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task AlertAsync(Place place, Count count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var crowded = count.Visitors >= Crowded * place.Capacity;
        if (crowded == count.WasCrowded) return;
        count.WasCrowded = crowded;
        await using var command = database.CreateCommand(crowded
            ? "INSERT INTO crowd_alerts (place_id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING"
            : "DELETE FROM crowd_alerts WHERE place_id = $1 AND since <= $2");
        command.Parameters.Add(Sql.Value(place.Id));
        command.Parameters.Add(Sql.Value(now));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Count(DateTimeOffset at, int visitors)
    {
        public DateTimeOffset At => at;

        public int Visitors = visitors;

        public bool WasCrowded;
    }
}

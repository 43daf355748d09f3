using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>Places with so many cases that it is no chance any more: the policy has a number for each type of place.</summary>
internal static class ListClusters
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/clusters", HandleAsync)
        .WithName("ListClusters")
        .WithTags("Tracing")
        .WithSummary("Places where at least as many cases as the policy's threshold for their type were, when they may have caught it or passed it on, most cases first.")
        .WithExample(answer: new Page<ClusterView>([new ClusterView(Examples.PlaceId, "Night market", PlaceType.Shop, "3123N12147E", 11, 8, Examples.At.AddDays(-9), Examples.At.AddDays(-2))]))
        .Allow(Roles.HealthOfficer, Roles.Approver);

    private static async Task<Results<Ok<Page<ClusterView>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, NpgsqlDataSource database, TracePolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is not { } policy) return Refusal.Unavailable("trace_policy_missing");
        var (afterCases, afterPlace) = (int.MaxValue, Guid.Empty);
        if (page.After is { } cursor && !(cursor.Split('_') is [var cases, var place] && int.TryParse(cases, out afterCases) && Guid.TryParse(place, out afterPlace))) return PageQuery.InvalidCursor;

        var types = Enum.GetValues<PlaceType>();
        await using var command = database.CreateCommand(
            """
            WITH clusters AS (
                SELECT v.place_id, count(DISTINCT c.case_id)::int AS cases, min(v.arrived_at) AS first_at, max(v.arrived_at) AS last_at
                FROM cases c
                JOIN visits v ON v.citizen_id = c.citizen_id AND v.arrived_at >= c.onset_at - $2 AND v.arrived_at < c.infectious_until
                WHERE c.withdrawn_at IS NULL AND c.onset_at >= $1
                GROUP BY v.place_id)
            SELECT p.id, p.name, p.type, p.cell, k.cases, t.threshold, k.first_at, k.last_at
            FROM clusters k JOIN places p ON p.id = k.place_id JOIN unnest($3, $4) AS t (type, threshold) ON t.type = p.type
            WHERE k.cases >= t.threshold AND (k.cases < $5 OR (k.cases = $5 AND p.id > $6))
            ORDER BY k.cases DESC, p.id LIMIT $7
            """);
        command.Parameters.Add(Sql.Value(now.AddDays(-policy.Clusters.Days)));
        command.Parameters.Add(Sql.Value(TimeSpan.FromDays(policy.Caught.EarliestDays)));
        command.Parameters.Add(Sql.Array(types.Select(type => type.ToString())));
        command.Parameters.Add(Sql.Array(types.Select(policy.Clusters.For)));
        command.Parameters.Add(Sql.Value(afterCases));
        command.Parameters.Add(Sql.Value(afterPlace));
        command.Parameters.Add(Sql.Value(page.Take + 1));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ClusterView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new ClusterView(
                reader.GetGuid(0), reader.GetString(1), Enum.Parse<PlaceType>(reader.GetString(2)), reader.GetString(3), reader.GetInt32(4), reader.GetInt32(5),
                reader.GetFieldValue<DateTimeOffset>(6), reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return TypedResults.Ok(Page<ClusterView>.From(rows, page.Take, cluster => $"{cluster.Cases}_{cluster.PlaceId}"));
    }
}

/// <summary>A cluster.</summary>
/// <param name="PlaceId">The place.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Cell">Its grid cell.</param>
/// <param name="Cases">Cases who were there.</param>
/// <param name="Threshold">So many make a cluster at this type of place.</param>
/// <param name="FirstAt">When the first of them came, UTC.</param>
/// <param name="LastAt">When the last of them came, UTC.</param>
public sealed record ClusterView(Guid PlaceId, string Name, PlaceType Type, string Cell, int Cases, int Threshold, DateTimeOffset FirstAt, DateTimeOffset LastAt);

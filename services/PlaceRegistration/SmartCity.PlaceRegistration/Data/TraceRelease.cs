using Npgsql;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>How far the release of a trace is.</summary>
/// <param name="People">Contacts found.</param>
/// <param name="Approvals">Officers whose approval counts: given since the last recall, for about as many people.</param>
/// <param name="Needed">So many officers have to approve; 0: none.</param>
internal sealed record ReleaseState(CaseRelease Release, string Class, int People, int Approvals, int Needed);

/// <summary>Decides whether people hear what tracing found: by the policy's class for a trace of this size at these places, and who has approved it.</summary>
internal static class TraceRelease
{
    /// <summary>Releases a waiting trace that has the approvals it needs, and tells everything it holds. The locks of the case are held.</summary>
    public static async Task<ReleaseState> IfApprovedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid caseId, TracePolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var state = await ReadAsync(connection, transaction, caseId, policy, cancellationToken);
        var release = state.Release != CaseRelease.Released && state.Approvals >= state.Needed ? CaseRelease.Released : state.Release;
        await using var command = new NpgsqlCommand(
            "UPDATE cases SET release = $2, release_class = $3, people_limit = CASE WHEN release = 'Released' THEN people_limit ELSE $4 END WHERE case_id = $1",
            connection, transaction);
        command.Parameters.Add(Sql.Value(caseId));
        command.Parameters.Add(Sql.Value(release.ToString()));
        command.Parameters.Add(Sql.Value(state.Class));
        command.Parameters.Add(Sql.Value(Limit(state, policy)));
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (release == CaseRelease.Released && state.Release != CaseRelease.Released) await ExposureLog.TellAsync(connection, transaction, caseId, now, cancellationToken);
        return state with { Release = release };
    }

    /// <summary>A recall makes an officer's approval necessary, whatever the class: nothing that was taken back goes out again by itself.</summary>
    public static async Task<ReleaseState> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Guid caseId, TracePolicy policy, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH found AS (
                SELECT count(DISTINCT e.citizen_id)::int AS people, coalesce(array_agg(DISTINCT p.type), '{}') AS types
                FROM exposures e JOIN places p ON p.id = e.place_id WHERE e.case_id = $1 AND NOT e.withdrawn
            ), approved AS (
                SELECT count(DISTINCT officer_id)::int AS approvals FROM trace_decisions, found
                WHERE case_id = $1 AND kind = 'Approved' AND trace_decisions.people * $2 >= found.people
                    AND id > coalesce((SELECT max(id) FROM trace_decisions WHERE case_id = $1 AND kind = 'Recalled'), 0)
            )
            SELECT c.release, found.people, found.types, approved.approvals FROM cases c, found, approved WHERE c.case_id = $1
            """, connection, transaction);
        command.Parameters.Add(Sql.Value(caseId));
        command.Parameters.Add(Sql.Value(policy.Growth));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var release = Enum.Parse<CaseRelease>(reader.GetString(0));
        var people = reader.GetInt32(1);
        var which = policy.ClassOf(people, [.. reader.GetFieldValue<string[]>(2).Select(Enum.Parse<PlaceType>)]);
        return new ReleaseState(release, which.Name, people, reader.GetInt32(3), release == CaseRelease.Recalled ? Math.Max(1, which.Approvals) : which.Approvals);
    }

    /// <summary>How many people a released trace may come to hold: what its class may without anybody, or a little more than officers approved.</summary>
    private static int Limit(ReleaseState state, TracePolicy policy) =>
        state.Needed == 0
            ? policy.Releases.First(candidate => candidate.Name == state.Class).People ?? int.MaxValue
            : (int)Math.Ceiling(state.People * policy.Growth);
}

using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Data;

/// <summary>Somebody else decided about one of the people of a batch at the same moment.</summary>
internal sealed class RaceLostException() : Exception("A code of the batch was changed at the same moment.");

/// <summary>Reads and writes the people of a walk many at a time: a round trip for a thousand instead of two for each.</summary>
internal static class CityBatch
{
    private const int MostSamples = 50;
    private const int SamplesPerBatch = 5;

    /// <param name="Code">Not tracked: written by <see cref="WriteAsync"/>.</param>
    /// <param name="HomeCell">Where they live.</param>
    /// <param name="BirthDecade">How old they are about.</param>
    /// <param name="Evidence">All that holds about them.</param>
    public sealed record Person(CitizenCode Code, string? HomeCell, short? BirthDecade, IReadOnlyCollection<Evidence> Evidence);

    /// <param name="Person">Somebody whom a draft would move to another colour.</param>
    /// <param name="Decision">What it would decide.</param>
    public sealed record Moved(Person Person, CodeDecision Decision);

    /// <summary>The next people of a walk, in the order of their ids.</summary>
    public static async Task<IReadOnlyList<Person>> ReadAsync(HealthCodeDb db, CityWalk walk, int size, CancellationToken cancellationToken)
    {
        var codes = walk.Kind == WalkKind.Area
            ? db.Codes.FromSql($"""
                SELECT * FROM citizen_codes WHERE citizen_id IN (
                    SELECT id FROM citizens WHERE home_cell = {walk.Cell} AND id > {walk.Position}
                    UNION SELECT citizen_id FROM evidence WHERE kind = 'Trip' AND detail ->> 'cell' = {walk.Cell} AND citizen_id > {walk.Position})
                ORDER BY citizen_id LIMIT {size}
                """)
            : db.Codes.FromSql($"SELECT * FROM citizen_codes WHERE citizen_id > {walk.Position} ORDER BY citizen_id LIMIT {size}");
        var rows = await (
            from code in codes
            join citizen in db.Citizens on code.CitizenId equals citizen.Id
            select new { Code = code, citizen.HomeCell, citizen.BirthDecade }).AsNoTracking().ToListAsync(cancellationToken);
        if (rows.Count == 0) return [];
        rows.Sort((one, other) => one.Code.CitizenId.Value.CompareTo(other.Code.CitizenId.Value));

        var evidence = (walk.Kind == WalkKind.Area
                ? await AboutAsync(db, rows.ConvertAll(row => row.Code.CitizenId.Value), cancellationToken)
                : await BetweenAsync(db, rows[0].Code.CitizenId.Value, rows[^1].Code.CitizenId.Value, cancellationToken))
            .ToLookup(fact => fact.CitizenId);
        var risks = (await db.AreaRisks.AsNoTracking().Where(risk => risk.Accepted && risk.WithdrawnAt == null).ToListAsync(cancellationToken))
            .ToLookup(risk => risk.Cell);
        return rows.ConvertAll(row => new Person(row.Code, row.HomeCell, row.BirthDecade, About(row.Code.CitizenId, row.HomeCell, evidence, risks)));
    }

    /// <summary>Writes codes that were decided again, unless one was changed since it was read.</summary>
    /// <param name="at">The connection and its transaction.</param>
    /// <param name="codes">The codes, each looked at once.</param>
    /// <param name="changed">Those whose colour or reason changed; of the others only policy and end did.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <exception cref="RaceLostException">Nothing of the transaction may be kept.</exception>
    public static async Task WriteAsync(
        (NpgsqlConnection Connection, NpgsqlTransaction Transaction) at, IReadOnlyCollection<CitizenCode> codes, IReadOnlySet<CitizenId> changed,
        CancellationToken cancellationToken)
    {
        CitizenCode[] same = [.. codes.Where(code => !changed.Contains(code.CitizenId))], other = [.. codes.Where(code => changed.Contains(code.CitizenId))];
        await using var renew = new NpgsqlCommand("""
            UPDATE citizen_codes AS c SET policy_version = u.policy, valid_until = u.until, version = u.version, revision = u.revision
            FROM unnest($1, $2, $3, $4, $5) AS u (id, policy, until, version, revision) WHERE c.citizen_id = u.id AND c.revision = u.revision - 1
            """, at.Connection, at.Transaction);
        AddCommon(renew, same);
        if (same.Length > 0 && await renew.ExecuteNonQueryAsync(cancellationToken) != same.Length) throw new RaceLostException();

        await using var replace = new NpgsqlCommand("""
            UPDATE citizen_codes AS c SET policy_version = u.policy, valid_until = u.until, version = u.version, revision = u.revision,
                color = u.color, rule = u.rule, evidence = u.evidence::uuid[]
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS u (id, policy, until, version, revision, color, rule, evidence)
            WHERE c.citizen_id = u.id AND c.revision = u.revision - 1
            """, at.Connection, at.Transaction);
        AddCommon(replace, other);
        Add(replace, NpgsqlDbType.Text, other, code => code.Color.ToString());
        Add(replace, NpgsqlDbType.Text, other, code => code.Rule);
        // Arrays of different lengths make no array of arrays.
        Add(replace, NpgsqlDbType.Text, other, code => $"{{{string.Join(',', code.Evidence)}}}");
        if (other.Length > 0 && await replace.ExecuteNonQueryAsync(cancellationToken) != other.Length) throw new RaceLostException();
    }

    /// <summary>Adds to what a dry run has counted, and keeps a few people to look at.</summary>
    public static async Task CountAsync(
        HealthCodeDb db, (NpgsqlConnection Connection, NpgsqlTransaction Transaction) at, Guid walk, IReadOnlyCollection<Moved> moved, CancellationToken cancellationToken)
    {
        if (moved.Count == 0) return;
        var groups = moved.GroupBy(one => (
            one.Decision.Rule, District: District.Of(one.Person.HomeCell) ?? "", Decade: one.Person.BirthDecade ?? 0, From: one.Person.Code.Color, To: one.Decision.Color)).ToArray();
        await using var count = new NpgsqlCommand("""
            INSERT INTO dry_run_counts (walk_id, rule, district, birth_decade, "from", "to", people)
            SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7)
            ON CONFLICT (walk_id, rule, district, birth_decade, "from", "to") DO UPDATE SET people = dry_run_counts.people + excluded.people
            """, at.Connection, at.Transaction);
        count.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = walk });
        Add(count, NpgsqlDbType.Text, groups, group => group.Key.Rule);
        Add(count, NpgsqlDbType.Text, groups, group => group.Key.District);
        Add(count, NpgsqlDbType.Smallint, groups, group => group.Key.Decade);
        Add(count, NpgsqlDbType.Text, groups, group => group.Key.From.ToString());
        Add(count, NpgsqlDbType.Text, groups, group => group.Key.To.ToString());
        Add(count, NpgsqlDbType.Bigint, groups, group => group.LongCount());
        await count.ExecuteNonQueryAsync(cancellationToken);

        var kept = await db.DryRunSamples.CountAsync(sample => sample.WalkId == walk, cancellationToken);
        db.AddRange(moved.Take(Math.Min(SamplesPerBatch, MostSamples - kept)).Select(one => new DryRunSample
        {
            WalkId = walk, CitizenId = one.Person.Code.CitizenId, Rule = one.Decision.Rule, From = one.Person.Code.Color, To = one.Decision.Color,
        }));
    }

    private static Task<List<Evidence>> BetweenAsync(HealthCodeDb db, Guid first, Guid last, CancellationToken cancellationToken) =>
        db.Evidence.FromSql($"SELECT * FROM evidence WHERE citizen_id BETWEEN {first} AND {last} AND withdrawn_at IS NULL").AsNoTracking().ToListAsync(cancellationToken);

    private static Task<List<Evidence>> AboutAsync(HealthCodeDb db, List<Guid> people, CancellationToken cancellationToken) =>
        db.Evidence.FromSql($"SELECT * FROM evidence WHERE citizen_id = ANY ({people}) AND withdrawn_at IS NULL").AsNoTracking().ToListAsync(cancellationToken);

    private static IReadOnlyCollection<Evidence> About(CitizenId citizen, string? cell, ILookup<CitizenId, Evidence> evidence, ILookup<string, AreaRiskLevel> risks)
    {
        Evidence[] own = [.. evidence[citizen]];
        return risks.Count == 0 ? own
            : [.. own, .. AreaRiskLevel.CellsOf(cell, own).SelectMany(at => risks[at]).Select(risk => risk.AsEvidenceAbout(citizen, cell, own)).OfType<Evidence>()];
    }

    private static void AddCommon(NpgsqlCommand command, CitizenCode[] codes)
    {
        Add(command, NpgsqlDbType.Uuid, codes, code => code.CitizenId.Value);
        Add(command, NpgsqlDbType.Text, codes, code => code.PolicyVersion);
        Add(command, NpgsqlDbType.TimestampTz, codes, code => code.ValidUntil);
        Add(command, NpgsqlDbType.Bigint, codes, code => code.Version);
        Add(command, NpgsqlDbType.Integer, codes, code => code.Revision);
    }

    private static void Add<TRow, T>(NpgsqlCommand command, NpgsqlDbType type, TRow[] rows, Func<TRow, T> column) =>
        command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(rows, row => column(row)), NpgsqlDbType = NpgsqlDbType.Array | type });
}

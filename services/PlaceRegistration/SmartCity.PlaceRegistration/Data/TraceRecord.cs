using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>
/// What a trace was computed from, so that anybody can compute it again. Kept as long as the visits in it and no longer: it lies in the week of the oldest,
/// which is dropped with that week's visits.
/// </summary>
/// <param name="Source">The case and its period.</param>
/// <param name="Air">Where it was, in order.</param>
/// <param name="Places">What was known of the places.</param>
/// <param name="Breaths">Who else was there, in order.</param>
internal sealed record TraceInputs(Source Source, IReadOnlyList<InfectiousAir> Air, IReadOnlyList<PlaceAir> Places, IReadOnlyList<Breath> Breaths)
{
    private static readonly JsonSerializerOptions Json = Configured();

    public static TraceInputs Of(Source source, Air air, IEnumerable<Breath> breaths) => new(
        source, air.Infectious,
        [.. air.Infectious.Select(one => one.PlaceId).Distinct().Order().Select(id => air.Places[id])],
        [.. breaths.OrderBy(breath => breath.Air).ThenBy(breath => breath.CitizenId).ThenBy(breath => breath.ArrivedAt).ThenBy(breath => breath.Until)]);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static TraceInputs Read(byte[] packed)
    {
        using var unpacked = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<TraceInputs>(unpacked, Json) ?? throw new InvalidDataException("The inputs of a trace are empty.");
    }

    /// <summary>When the oldest visit that is in here began, as far as tracing looked at it.</summary>
    public DateTimeOffset OldestAt => Air.Select(air => air.From).Concat(Breaths.Select(breath => breath.ArrivedAt)).DefaultIfEmpty(Source.From).Min();

    public List<Finding> Compute(TracePolicy policy) => Meetings.Reckon(new Air(Air, Places.ToDictionary(place => place.PlaceId)), Breaths, policy);

    private static JsonSerializerOptions Configured()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ServiceDefaultsExtensions.Configure(json);
        return json;
    }
}

/// <summary>Writes down every trace that was computed: when, why, by which policy, from what and with which result.</summary>
internal static class TraceRecord
{
    /// <summary>SHA-256 over the findings as lines in a fixed order: contact, place, minutes, weighted minutes, from, until.</summary>
    public static byte[] HashOf(IEnumerable<Finding> findings)
    {
        var lines = findings.Select(one => string.Create(
            CultureInfo.InvariantCulture,
            $"{one.CitizenId} {one.Place.PlaceId} {one.Minutes} {one.Reckoning.WeightedMinutes:F2} {one.From:O} {one.Until:O}\n"));
        return SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Order(StringComparer.Ordinal))));
    }

    public static async Task AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<CaseTrace> traces, TraceCause cause, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var runs = traces.Select(trace => (Trace: trace, Id: Guid.CreateVersion7(now), Inputs: TraceInputs.Of(trace.Source, trace.Air, trace.Breaths))).ToArray();
        var written = runs.Select(run => run.Inputs.Write()).ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            """
            INSERT INTO trace_runs (id, case_id, ran_at, cause, policy, infectious_from, infectious_until, places, people, inputs_hash, result_hash)
            SELECT id, case_id, $1, $2, policy, infectious_from, infectious_until, places, people, inputs_hash, result_hash
            FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11)
                AS r (id, case_id, policy, infectious_from, infectious_until, places, people, inputs_hash, result_hash)
            """,
            Sql.Value(now), Sql.Value(cause.ToString()), Sql.Array(runs.Select(run => run.Id)), Sql.Array(traces.Select(trace => trace.Source.Id)),
            Sql.Array(traces.Select(trace => trace.Policy.Version)), Sql.Array(traces.Select(trace => trace.Source.From)), Sql.Array(traces.Select(trace => trace.Source.Until)),
            Sql.Array(traces.Select(trace => trace.Air.Infectious.Select(air => air.PlaceId).Distinct().Count())),
            Sql.Array(traces.Select(trace => trace.Findings.Select(finding => finding.CitizenId).Distinct().Count())),
            Sql.Array(written.Select(SHA256.HashData)), Sql.Array(traces.Select(trace => HashOf(trace.Findings))));
        batch.Add(
            "INSERT INTO trace_inputs (run_id, oldest_at, inputs) SELECT * FROM unnest($1, $2, $3)",
            Sql.Array(runs.Select(run => run.Id)), Sql.Array(runs.Select(run => run.Inputs.OldestAt)), Sql.Array(written.Select(Pack)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static byte[] Pack(byte[] inputs)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest)) brotli.Write(inputs);
        return packed.ToArray();
    }
}

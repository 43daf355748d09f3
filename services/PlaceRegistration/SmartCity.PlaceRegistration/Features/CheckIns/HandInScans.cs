using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>
/// A device that was offline hands in what it scanned: signed lines, in any order and as often as it likes, and one visit each. Lines are answered as they are
/// written, some hundreds in a commit; what was not answered is sent again.
/// </summary>
internal static class HandInScans
{
    private const int MostBytes = 64 * 1024 * 1024;
    private const int LongestLine = 8 * 1024;

    /// <summary>As many as the health department finds at once, and as fit well into a commit.</summary>
    private const int LinesAtOnce = 500;

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/devices/{deviceId:guid}/scans", HandleAsync)
        .WithName("HandInScans")
        .WithTags("Devices")
        .WithSummary("Hands in signed scans of the caller's device, one JSON object a line, streamed; every line is answered by a line: recorded, rejected for good, or to be sent again later.")
        // The type is not what counts: who may call is decided first.
        .Accepts<string>("application/x-ndjson", "*/*")
        .Produces<string>(StatusCodes.Status200OK, "application/x-ndjson")
        .WithExample(
            """{"scan":"0198f1c2-77a0-7b31-8c11-90d2f3a4b0aa","at":"2026-03-04T04:00:00Z","credential":"SC1:6BFOXN…","signature":"9c1d…"}""",
            """{"scan":"0198f1c2-77a0-7b31-8c11-90d2f3a4b0aa","outcome":"recorded","reason":"recorded_late"}""")
        .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .Allow(Roles.VenueOperator);

    private static async Task<IResult> HandleAsync(
        Guid deviceId, HttpContext http, Caller caller, PlaceRegistrationDb db, PlaceBook book, People people, VisitLog visits, IOptionsMonitor<AdmissionRules> rules,
        IOptions<VisitLimits> limits, IOptions<JsonOptions> json, TimeProvider clock, CancellationToken cancellationToken)
    {
        var device = await db.Devices.AsNoTracking().SingleOrDefaultAsync(device => device.Id == deviceId, cancellationToken);
        var place = device is null ? null : await db.Places.AsNoTracking().SingleOrDefaultAsync(place => place.Id == device.PlaceId && place.OwnerId == caller.AccountId, cancellationToken);
        if (place is null) return Refusal.NotFound("device_unknown");
        if (place.FaultOfArrival(clock.GetUtcNow(), limits.Value.LocalTime, isLate: true) is { } fault) return Refusal.Conflict(fault);

        var desk = new Desk(device!, place, book.DeviceKeyOf(deviceId), rules.CurrentValue.For(place.Type).TimeOut, people, visits, limits.Value);
        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        var lines = new List<Line>(LinesAtOnce);
        var more = true;
        while (more)
        {
            more = await ReadAsync(http.Request.BodyReader, lines, json.Value.SerializerOptions, cancellationToken);
            if (lines.Count == 0) continue;
            using var writer = new Utf8JsonWriter(http.Response.BodyWriter);
            foreach (var answer in await desk.AnswerAsync(lines, clock.GetUtcNow(), cancellationToken))
            {
                JsonSerializer.Serialize(writer, answer, json.Value.SerializerOptions);
                writer.Reset();
                http.Response.BodyWriter.Write("\n"u8);
            }

            await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
            lines.Clear();
        }

        return Results.Empty;
    }

    /// <summary>Fills the list from what has arrived.</summary>
    /// <returns>False at the end, and where a line is so long that nothing after it is read.</returns>
    private static async Task<bool> ReadAsync(PipeReader body, List<Line> lines, JsonSerializerOptions json, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (lines.Count < LinesAtOnce && rest.PositionOf((byte)'\n') is { } end)
            {
                Add(rest.Slice(0, end));
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            var isFull = lines.Count == LinesAtOnce;
            var isTooLong = !isFull && rest.Length > LongestLine;
            if (isTooLong) lines.Add(new Line(null, "line_too_long"));
            if (!isFull && !isTooLong && read.IsCompleted)
            {
                Add(rest);
                rest = rest.Slice(rest.End);
            }

            body.AdvanceTo(rest.Start, isFull ? rest.Start : rest.End);
            if (isFull) return true;
            if (isTooLong || read.IsCompleted) return false;
            // More of the same request is on its way: wait for a full set rather than commit crumbs.
        }

        void Add(ReadOnlySequence<byte> text)
        {
            if (text.Length <= 1) return;
            try
            {
                var reader = new Utf8JsonReader(text);
                lines.Add(text.Length > LongestLine ? new Line(null, "line_too_long") : new Line(JsonSerializer.Deserialize<ScanLine>(ref reader, json), "line_invalid"));
            }
            catch (JsonException)
            {
                lines.Add(new Line(null, "line_invalid"));
            }
        }
    }

    private sealed record Line(ScanLine? Scan, string Fault);

    /// <summary>Where the lines of one device are dealt with.</summary>
    private sealed class Desk(
        VenueDevice device, Place place, byte[] deviceKey, TimeSpan timeOut, People people, VisitLog visits, VisitLimits limits)
    {
        public async Task<ScanAnswer[]> AnswerAsync(List<Line> lines, DateTimeOffset now, CancellationToken cancellationToken)
        {
            var answers = new ScanAnswer[lines.Count];
            var good = new List<(int Index, ScanLine Scan, Stay Stay)>(lines.Count);
            for (var index = 0; index < lines.Count; index++)
            {
                var (scan, fault) = (lines[index].Scan, lines[index].Fault);
                var stay = scan is null ? null : Check(scan, now, out fault);
                if (stay is null) answers[index] = new ScanAnswer(scan?.Scan, ScanOutcome.Rejected, fault);
                else good.Add((index, scan!, stay));
            }

            if (good.Count == 0) return answers;
            var (found, _) = await people.FindAsync(
                [.. good.Select(line => new ScannedPerson { Credential = line.Scan.Credential, ShownAt = line.Scan.At.ToTimestamp() })], cancellationToken);
            var writing = new List<(int Index, NewVisit Visit)>(good.Count);
            for (var number = 0; number < good.Count; number++)
            {
                var (index, scan, stay) = good[number];
                // Nothing is wrong with the scan where nobody could be asked.
                answers[index] = found is null ? new ScanAnswer(scan.Scan, ScanOutcome.Later, "health_code_unavailable")
                    : found[number].CitizenId.Length == 0 ? new ScanAnswer(scan.Scan, ScanOutcome.Rejected, found[number].Fault)
                    : new ScanAnswer(scan.Scan, ScanOutcome.Recorded, Admission.Late.Reason);
                if (answers[index].Outcome == ScanOutcome.Recorded) writing.Add((index, ToNew(scan, stay, Guid.Parse(found![number].CitizenId))));
            }

            if (writing.Count > 0) await visits.RecordAsync([.. writing.Select(line => line.Visit)], cancellationToken);
            return answers;
        }

        private Stay? Check(ScanLine scan, DateTimeOffset now, out string fault)
        {
            fault = scan.Scan == Guid.Empty ? "idempotency_key_missing"
                : !SignedScan.IsSigned(deviceKey, scan.Scan, scan.At, scan.Until, scan.Credential, scan.Signature) ? "signature_invalid"
                : scan.At >= device.RevokedAt ? "device_revoked"
                : "";
            if (fault.Length > 0) return null;
            // A scan is never asked about admission, however soon it comes: the device has let the person in.
            return Stay.From(scan.At, scan.Until, now, limits, out fault, out _) is { } stay ? stay with { IsLate = true } : null;
        }

        private NewVisit ToNew(ScanLine scan, Stay stay, Guid citizenId) => new(
            DerivedId.OfWrite(device.Id, scan.Scan), place.Cell, new Arrival(default, place, stay, VisitSource.Device).ToVisit(citizenId, timeOut));
    }
}

/// <summary>A scan.</summary>
/// <param name="Scan">A UUID made by the device, new for every new scan: the same again is the same visit.</param>
/// <param name="At">When, within the last 14 days.</param>
/// <param name="Credential">The text of the QR code that the person showed.</param>
/// <param name="Signature">HMAC-SHA-256 with the device's key, hexadecimal in small letters, of: scan, at and until in milliseconds since 1970, and credential, one a line.</param>
/// <param name="Until">When the person left, not included; absent where nobody saw it.</param>
public sealed record ScanLine(Guid Scan, DateTimeOffset At, string Credential, string Signature, DateTimeOffset? Until = null);

/// <summary>The answer to a line.</summary>
/// <param name="Scan">The scan; absent where the line could not be read.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why, as a stable code.</param>
public sealed record ScanAnswer(Guid? Scan, ScanOutcome Outcome, string Reason);

/// <summary>What became of a scan.</summary>
public enum ScanOutcome
{
    /// <summary>There is a visit, committed.</summary>
    Recorded,

    /// <summary>It is not valid; sending it again will not help.</summary>
    Rejected,

    /// <summary>It could not be dealt with now: send it again.</summary>
    Later,
}

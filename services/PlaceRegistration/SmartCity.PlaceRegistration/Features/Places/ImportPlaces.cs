using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsvHelper;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>
/// An owner registers thousands of rooms, halls, stalls or departments from a table. Lines are read, written and answered as they come, and each carries the
/// owner's own number of the place: the same line again is the same place.
/// </summary>
internal static class ImportPlaces
{
    private const int MostBytes = 32 * 1024 * 1024;
    private const int LinesPerCommit = 500;
    private const int LongestRecord = 16 * 1024;

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/places/import", HandleAsync)
        .WithName("ImportPlaces")
        .WithTags("Places")
        .WithSummary("Registers places from CSV (number,name,type,address,latitude,longitude,capacity,uscc,partOf,opensAt,closesAt), streamed; every line is answered by a line of JSON. A whole stands above its parts, which name its number.")
        // The type is not what counts: who may call is decided first.
        .Accepts<string>("text/csv", "*/*")
        .Produces<string>(StatusCodes.Status200OK, "application/x-ndjson")
        .WithExample(
            "number,name,type,address,latitude,longitude,capacity,uscc,partOf,opensAt,closesAt\nH1,City Hospital,hospital,1 Health Road,31.2,121.5,3000,91310115MA1K3BTP2B,,,\nH1-07,Radiology,hospital,1 Health Road,31.2,121.5,40,,H1,08:00,18:00\n",
            """{"line":2,"number":"H1","outcome":"registered","placeId":"0198f1c0-3b1a-7d20-9a51-2f60c1d4e001"}""")
        .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .Allow(Roles.VenueOperator);

    private static async Task HandleAsync(
        HttpContext http, Caller caller, PlaceRegistrationDb db, IOptions<JsonOptions> json, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var csv = CsvReader.Create(
            http.Request.Body, CsvReaderOptions.Default with { MaxRecordSize = LongestRecord, TrackLineNumbers = true, TrimWhitespace = true, TrimInsideQuotes = true }, true);
        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        var lines = new List<(int Line, string Number, PlaceRequest? Request, string? PartOf, string? Fault)>();
        try
        {
            while (await csv.ReadAsync(cancellationToken))
            {
                lines.Add(Read(csv));
                if (lines.Count < LinesPerCommit) continue;
                await WriteAsync();
            }
        }
        catch (CsvFormatException fault)
        {
            // Nothing after this can be told apart: what came before is written and answered.
            lines.Add(((int)fault.LineNumber, "", null, null, "csv_invalid"));
        }

        await WriteAsync();

        async Task WriteAsync()
        {
            foreach (var answer in await RegisterAsync(db, caller.AccountId, lines, clock.GetUtcNow(), cancellationToken))
            {
                await JsonSerializer.SerializeAsync(http.Response.Body, answer, json.Value.SerializerOptions, CancellationToken.None);
                await http.Response.Body.WriteAsync("\n"u8.ToArray(), CancellationToken.None);
            }

            await http.Response.Body.FlushAsync(CancellationToken.None);
            lines.Clear();
            db.ChangeTracker.Clear();
        }
    }

    private static (int, string, PlaceRequest?, string?, string?) Read(CsvReader csv)
    {
        var (line, number) = ((int)csv.LineNumber, Text("number") ?? "");
        if (number.Length is 0 or > 50) return (line, number, null, null, "number_missing");
        if (!Enum.TryParse<PlaceType>(Text("type"), ignoreCase: true, out var type) || !Enum.IsDefined(type)) return (line, number, null, null, "type_invalid");
        if (!Number("latitude", out var latitude) || !Number("longitude", out var longitude)) return (line, number, null, null, "position_invalid");
        if (!int.TryParse(Text("capacity"), CultureInfo.InvariantCulture, out var capacity)) return (line, number, null, null, "capacity_invalid");
        if (!Time("opensAt", out var opens) || !Time("closesAt", out var closes)) return (line, number, null, null, "hours_invalid");

        var partOf = Text("partOf");
        var position = new GeoPosition(latitude, longitude);
        // Which place it is part of is looked up later; that it is part of one counts now.
        var request = new PlaceRequest(Text("name") ?? "", type, Text("address") ?? "", position, capacity, Text("uscc"), partOf is null ? null : Guid.Empty, opens, closes);
        var errors = new List<System.ComponentModel.DataAnnotations.ValidationResult>();
        var isValid = Validator.TryValidateObject(request, new ValidationContext(request), errors, validateAllProperties: true)
            & Validator.TryValidateObject(position, new ValidationContext(position), errors, validateAllProperties: true);
        var fault = isValid ? request.Fault(out _) : $"{JsonNamingPolicy.CamelCase.ConvertName(errors[0].MemberNames.FirstOrDefault() ?? "value")}_invalid";
        return (line, number, request, partOf, fault);

        string? Text(string column) => csv.TryGetFieldIndex(column, out var field) && field < csv.FieldCount && csv.GetString(field) is { Length: > 0 } text ? text : null;
        bool Number(string column, out double value) => double.TryParse(Text(column), CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        bool Time(string column, out TimeOnly? time)
        {
            var ok = TimeOnly.TryParseExact(Text(column) ?? "00:00", "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value);
            time = Text(column) is null ? null : value;
            return ok;
        }
    }

    private static async Task<List<ImportAnswer>> RegisterAsync(
        PlaceRegistrationDb db, Guid ownerId, List<(int Line, string Number, PlaceRequest? Request, string? PartOf, string? Fault)> lines, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        Guid[] keys = [.. lines.SelectMany(line => new[] { line.Number, line.PartOf }).OfType<string>().Select(KeyOf).Distinct()];
        var known = await db.Places.Where(place => place.OwnerId == ownerId && keys.Contains(place.RegistrationKey)).ToDictionaryAsync(place => place.RegistrationKey, cancellationToken);
        var answers = new List<ImportAnswer>(lines.Count);
        foreach (var (line, number, request, partOf, fault) in lines)
        {
            var parent = partOf is null ? null : known.GetValueOrDefault(KeyOf(partOf));
            var wrong = fault ?? (partOf is not null && parent is null ? "parent_unknown" : parent?.Ancestors.Length >= RegisterPlace.MostLevels ? "parent_too_deep" : null);
            if (wrong is null && known.TryGetValue(KeyOf(number), out var before)) answers.Add(new ImportAnswer(line, number, ImportOutcome.Existing, null, before.Id));
            else if (wrong is not null) answers.Add(new ImportAnswer(line, number, ImportOutcome.Rejected, wrong, null));
            else
            {
                var place = RegisterPlace.New(request!, ownerId, KeyOf(number), parent, now);
                known.Add(place.RegistrationKey, place);
                db.Add(place);
                answers.Add(new ImportAnswer(line, number, ImportOutcome.Registered, null, place.Id));
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        return answers;
    }

    /// <summary>The owner's own number as the key of the registration (RFC 9562 §5.8).</summary>
    private static Guid KeyOf(string number)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"import:{number}")).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}

/// <summary>The answer to one line.</summary>
/// <param name="Line">Its number in the file, the header being 1.</param>
/// <param name="Number">The owner's own number of the place.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">What is wrong, as a stable code.</param>
/// <param name="PlaceId">The place.</param>
public sealed record ImportAnswer(int Line, string Number, ImportOutcome Outcome, string? Reason, Guid? PlaceId);

/// <summary>What became of a line.</summary>
public enum ImportOutcome
{
    /// <summary>There is a new place.</summary>
    Registered,

    /// <summary>It was there before, and is left as it is.</summary>
    Existing,

    /// <summary>The line is wrong; the others are not affected.</summary>
    Rejected,
}

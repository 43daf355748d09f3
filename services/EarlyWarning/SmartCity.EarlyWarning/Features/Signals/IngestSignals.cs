using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Departments deliver values in batches, read as they arrive and committed as a whole. The same batch again changes nothing.</summary>
internal static class IngestSignals
{
    private const int MostBytes = 16 * 1024 * 1024;
    private const string Csv = "text/csv";
    private const string Ndjson = "application/x-ndjson";

    public static void Map(RouteGroupBuilder features) => features.MapPost("/signals/{stream}", HandleAsync)
        .WithName("IngestSignals").WithTags("Signals")
        .WithSummary("Takes a batch of values: CSV with the header area,at,value[,kind], or NDJSON with members of these names. An empty value takes back what was said before; a total that fell waits in quarantine.")
        .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .WithExample("area,at,value\n3123N12147E,2026-03-20,17\n3123N12148E,2026-03-20,4\n", new Receipt(4711, 2, 2, 0, 0, 0))
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            // The framework cannot describe a body that the handler reads itself.
            var text = new OpenApiSchema { Type = JsonSchemaType.String };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Csv] = new() { Schema = text, Example = "area,at,value\n3123N12147E,2026-03-20,17\n" },
                    [Ndjson] = new() { Schema = text, Example = "{\"area\":\"3123N12147E\",\"at\":\"2026-03-20\",\"value\":17}\n" },
                },
            };
            return Task.CompletedTask;
        })
        .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Operator);

    private static async Task<Results<Ok<Receipt>, Refusal>> HandleAsync(
        Word<SignalStream> stream, HttpRequest request, PipeReader body, Caller caller, Grids grids, SignalStore store, TimeProvider clock, CancellationToken cancellationToken)
    {
        var isCsv = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType == Csv;
        if (!isCsv && type?.MediaType != Ndjson) return new Refusal("media_type_unsupported", StatusCodes.Status415UnsupportedMediaType);

        var now = clock.GetUtcNow();
        var batch = new SignalBatch(stream.Value, await grids.CurrentAsync(cancellationToken), CityDay.Of(now), isCsv);
        if (await ReadAsync(body, batch, cancellationToken) is { } wrong) return Refusal.Invalid("line_invalid", wrong, SignalBatch.MostLines);
        var appended = await store.AppendAsync(stream.Value, caller.Department ?? "operator", batch.Keys, batch.Values, now, cancellationToken);
        return TypedResults.Ok(new Receipt(appended.Revision, batch.Values.Count, appended.Stored, appended.Corrected, appended.Duplicates, appended.Quarantined));
    }

    private static async Task<string?> ReadAsync(PipeReader body, SignalBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                if (Add(batch, buffer.Slice(0, end)) is { } wrong) return wrong;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (read.IsCompleted || buffer.Length > SignalBatch.LongestLine)
            {
                if (Add(batch, buffer) is { } wrong) return wrong;
                body.AdvanceTo(read.Buffer.End);
                return null;
            }

            body.AdvanceTo(buffer.Start, read.Buffer.End);
        }
    }

    private static string? Add(SignalBatch batch, ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment) return batch.Add(line.FirstSpan);
        Span<byte> whole = stackalloc byte[SignalBatch.LongestLine + 1];
        var length = (int)Math.Min(line.Length, whole.Length);
        line.Slice(0, length).CopyTo(whole);
        return batch.Add(whole[..length]);
    }

    /// <param name="Revision">The revision that holds these values; absent if they said nothing new.</param>
    /// <param name="Lines">Values read.</param>
    /// <param name="Stored">New or changed.</param>
    /// <param name="Corrected">Those of them that replace another value, which stays on record.</param>
    /// <param name="Duplicates">Known already, or replaced by a later line.</param>
    /// <param name="Quarantined">Totals that fell: see <c>/quarantine</c>.</param>
    internal sealed record Receipt(long? Revision, int Lines, int Stored, int Corrected, int Duplicates, int Quarantined);
}

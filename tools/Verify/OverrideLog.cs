using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SmartCity.Verify;

/// <summary>
/// Checks the public log of the health code service: every hash is recomputed, every entry must follow the one before, the last must be the one that the city
/// signed, and a head that was kept earlier must still be part of it.
/// </summary>
public static class OverrideLog
{
    private const int Whole = 0;
    private const int Broken = 1;
    private const int NotChecked = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly string Beginning = new('0', 64);

    /// <summary>How it is called.</summary>
    public const string Usage = """
        verify override-log --at ADDRESS [--head FILE] [--keep FILE]
          --at    the city's gateway, or the health code service, for example http://localhost:8080
          --head  a head that was kept earlier: the log must still hold it
          --keep  where to keep today's head
        Exit code 0: whole; 1: broken, and the first entry that is; 2: could not be checked.
        """;

    private sealed record Entry(long Seq, string At, string Kind, string Content, string Previous, string Hash);

    private sealed record Page(IReadOnlyList<Entry> Items, string? Next);

    private sealed record Head(long Seq, string Hash, string Signed);

    /// <summary>Runs the command.</summary>
    /// <param name="args">What stands behind <c>override-log</c>.</param>
    /// <param name="http">Reaches the city.</param>
    /// <param name="output">Says what was found.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, HttpClient http, TextWriter output)
    {
        if (Read(args) is not { At: { } at } options)
        {
            await output.WriteLineAsync(Usage);
            return NotChecked;
        }

        try
        {
            var keys = await JwkSet.FetchAsync(http, new Uri(at, "/health-code/v1/keys"));
            // The head first: what is added while the log is read comes after it.
            var head = await GetAsync<Head>(http, new Uri(at, "/health-code/v1/override-log/head"));
            var log = await ReadLogAsync(http, at);
            var fault = FaultOf(log) ?? FaultOf(head, "today's head", log, keys)
                ?? (options.Head is { } file ? FaultOf(JsonSerializer.Deserialize<Head>(await File.ReadAllTextAsync(file), Json)!, "the head kept earlier", log, keys) : null);
            await output.WriteLineAsync(fault ?? $"Whole: {log.Count} entries, the last {head.Hash}.");
            if (fault is not null) return Broken;
            if (options.Keep is { } keep) await File.WriteAllTextAsync(keep, JsonSerializer.Serialize(head, Json));
            return Whole;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or IOException)
        {
            await output.WriteLineAsync($"Not checked: {fault.Message}");
            return NotChecked;
        }
    }

    /// <summary>The first entry that is not as it was written; null where all are.</summary>
    private static string? FaultOf(IReadOnlyList<Entry> log)
    {
        var (seq, previous) = (0L, Beginning);
        foreach (var entry in log)
        {
            if (entry.Seq != seq + 1) return $"Broken: after entry {seq} comes {entry.Seq}.";
            if (entry.Previous != previous) return $"Broken: entry {entry.Seq} does not follow the one before it.";
            if (entry.Hash != HashOf(entry)) return $"Broken: entry {entry.Seq} was changed.";
            (seq, previous) = (entry.Seq, entry.Hash);
        }

        return null;
    }

    private static string? FaultOf(Head head, string name, IReadOnlyList<Entry> log, JwkSet keys)
    {
        if (keys.Open(head.Signed) is not { } claims) return $"Broken: {name} is not signed by the city.";
        var (seq, hash) = (claims.GetProperty("seq").GetInt64(), claims.GetProperty("hash").GetString());
        if (seq > log.Count) return $"Broken: {name} names entry {seq}, but the log ends at {log.Count}.";
        return (seq == 0 ? Beginning : log[(int)seq - 1].Hash) == hash ? null : $"Broken: entry {seq} is not the one that {name} names.";
    }

    private static string HashOf(Entry entry) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{entry.Seq}\n{entry.At}\n{entry.Kind}\n{entry.Content}\n{entry.Previous}"))));

    private static async Task<IReadOnlyList<Entry>> ReadLogAsync(HttpClient http, Uri at)
    {
        var log = new List<Entry>();
        string? next = null;
        do
        {
            var page = await GetAsync<Page>(http, new Uri(at, $"/health-code/v1/override-log?limit=100{(next is null ? "" : $"&after={next}")}"));
            log.AddRange(page.Items);
            next = page.Next;
        }
        while (next is not null);
        return log;
    }

    private static async Task<T> GetAsync<T>(HttpClient http, Uri address) =>
        await http.GetFromJsonAsync<T>(address, Json) ?? throw new JsonException($"{address} answered nothing.");

    private static (Uri? At, string? Head, string? Keep)? Read(string[] args)
    {
        if (args.Length % 2 != 0) return null;
        var given = args.Chunk(2).ToLookup(pair => pair[0], pair => pair[1]);
        if (given.Any(option => option.Key is not ("--at" or "--head" or "--keep") || option.Count() > 1)) return null;
        return Uri.TryCreate(given["--at"].FirstOrDefault(), UriKind.Absolute, out var at)
            ? (at, given["--head"].FirstOrDefault(), given["--keep"].FirstOrDefault())
            : null;
    }
}

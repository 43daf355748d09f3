using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmartCity.VenueClient;

/// <summary>
/// Scans that wait for the city, in two files that only grow: what was scanned, signed, a line each; and which of it has been answered. A scan counts once its line is
/// on the disk. Killed at any moment, the queue loses nothing it has acknowledged; at worst it sends something twice, which the city knows by its id.
/// </summary>
internal sealed class ScanQueue : IDisposable
{
    private const int AnsweredBeforeCompacting = 10_000;

    private readonly string folder;
    private readonly Dictionary<Guid, string> pending = [];
    private FileStream scans;
    private FileStream answered;
    private int answers;

    public ScanQueue(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        // Exclusive: a second client on the same queue is a mistake.
        scans = Open("scans.ndjson");
        answered = Open("answered.txt");
        foreach (var line in Whole(scans)) pending[IdOf(line)] = line;
        foreach (var line in Whole(answered))
        {
            answers++;
            pending.Remove(Guid.Parse(line));
        }
    }

    public int Count => pending.Count;

    /// <summary>Returns once the lines are on the disk.</summary>
    public void Add(IReadOnlyCollection<string> lines)
    {
        Append(scans, lines);
        foreach (var line in lines) pending[IdOf(line)] = line;
    }

    public string[] Next(int most) => [.. pending.Values.Take(most)];

    /// <summary>These need not be sent again.</summary>
    public void Answered(IReadOnlyCollection<Guid> ids)
    {
        Append(answered, [.. ids.Select(id => id.ToString())]);
        foreach (var id in ids) pending.Remove(id);
        answers += ids.Count;
        if (answers >= AnsweredBeforeCompacting) Compact();
    }

    public void Dispose()
    {
        scans.Dispose();
        answered.Dispose();
    }

    /// <summary>First the shorter list of scans is there in whole, then the answers are forgotten: in between they only say again what is known.</summary>
    private void Compact()
    {
        var path = Path.Combine(folder, "scans.new");
        using (var shorter = new FileStream(path, FileMode.Create)) Append(shorter, pending.Values);
        scans.Dispose();
        File.Move(path, Path.Combine(folder, "scans.ndjson"), overwrite: true);
        scans = Open("scans.ndjson");
        scans.Seek(0, SeekOrigin.End);
        answered.SetLength(0);
        answered.Flush(flushToDisk: true);
        answers = 0;
    }

    private FileStream Open(string name) => new(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void Append(FileStream file, IEnumerable<string> lines)
    {
        file.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        file.Flush(flushToDisk: true);
    }

    /// <summary>The lines that were written in whole; a torn one at the end was never acknowledged and goes.</summary>
    private static IEnumerable<string> Whole(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        file.SetLength(end);
        file.Seek(end, SeekOrigin.Begin);
        return Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Guid IdOf(string line) => JsonNode.Parse(line)!["scan"]!.GetValue<Guid>();
}

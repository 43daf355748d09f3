using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmartCity.NativeServers;

namespace Aspire.Hosting.Running;

/// <summary>What a city keeps between two runs: its servers' data, ports, generated secrets and logs.</summary>
internal sealed class DataDirectory(string path) : IDisposable
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private readonly Lock _gate = new();
    private FileStream? _lock;

    public string Logs => Path.Combine(path, "logs");

    // Root's servers run as other users, who do not get into a checkout under a closed directory such as /root.
    private string Servers => ServerUser.Drop("nobody") is null || ServerUser.CanReach(path)
        ? path
        : Path.Combine("/var/lib/smartcity", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..12]);

    public string Server(string name) => Path.Combine(Servers, name);

    public void Open(bool fresh)
    {
        Directory.CreateDirectory(path);
        if (ServerUser.Drop("nobody") is not null && ServerUser.CanReach(Path.GetDirectoryName(path)!))
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherExecute);

        var file = Path.Combine(path, "lock");
        try
        {
            _lock = new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new DistributedApplicationException($"This city runs already: another process uses {path}.");
        }

        if (fresh)
        {
            foreach (var directory in new[] { path, Servers }.Distinct().Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories))
                Directory.Delete(directory, recursive: true);
            foreach (var old in Directory.EnumerateFiles(path).Where(old => old != file))
                File.Delete(old);
        }

        Directory.CreateDirectory(Logs);
    }

    /// <summary>The preferred port, else the one of the last run, else a new one: the first that is free.</summary>
    public int Port(string name, int? preferred)
    {
        lock (_gate)
        {
            var ports = Read<int>("ports.json");
            if (preferred is { } wish && Ports.IsFree(wish))
                return wish;
            if (ports.TryGetValue(name, out var remembered) && Ports.IsFree(remembered))
                return remembered;
            ports[name] = Ports.Free();
            Write("ports.json", ports);
            return ports[name];
        }
    }

    /// <summary>A secret that is made once.</summary>
    public string Secret(string name, Func<string> generate)
    {
        lock (_gate)
        {
            var secrets = Read<string>("secrets.json");
            if (!secrets.TryGetValue(name, out var secret))
            {
                secrets[name] = secret = generate();
                Write("secrets.json", secrets);
            }

            return secret;
        }
    }

    public void Dispose() => _lock?.Dispose();

    private Dictionary<string, T> Read<T>(string name)
    {
        var file = Path.Combine(path, name);
        return File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, T>>(File.ReadAllText(file))! : [];
    }

    private void Write<T>(string name, Dictionary<string, T> values)
    {
        // Moved into place: a run that is killed here must not lose the keys of what it has encrypted.
        var file = Path.Combine(path, name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var stream = new FileStream(file + ".new", options))
        {
            JsonSerializer.Serialize(stream, values, s_indented);
            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".new", file, overwrite: true);
    }
}

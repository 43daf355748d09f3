using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmartCity.VenueClient;

// A venue's scanner: it works without a connection, and hands in what it scanned when there is one.
if (args is not ["scan" or "drain" or "work", var folder, ..])
{
    Console.Error.WriteLine("""
        Usage: SmartCity.VenueClient scan|drain|work FOLDER
          scan    reads codes from standard input, one a line, signs and keeps them; prints each scan's id once it is on the disk
          drain   hands in what waits in the folder, until nothing does
          work    both at once
        Environment: VENUE_DEVICE (id), VENUE_KEY (hexadecimal), and for handing in CITY (address of the gateway) and CITY_TOKEN (the owner's access token).
        """);
    return 2;
}

string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");

var (device, pause) = (Guid.Parse(Setting("VENUE_DEVICE")), TimeSpan.FromMilliseconds(200));
using var queue = new ScanQueue(folder);
var scanned = args[0] == "drain";
if (args[0] == "scan") Scan(Console.In.ReadLine);
if (args[0] == "scan") return 0;

using var city = new HttpClient { BaseAddress = new Uri(Setting("CITY")), Timeout = TimeSpan.FromSeconds(60) };
city.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Setting("CITY_TOKEN"));
var uplink = new Uplink(city, device, queue);
var typed = new System.Collections.Concurrent.ConcurrentQueue<string>();
if (!scanned)
{
    new Thread(() =>
    {
        while (Console.In.ReadLine() is { } code) typed.Enqueue(code);
        Volatile.Write(ref scanned, true);
    }) { IsBackground = true }.Start();
}

while (!Volatile.Read(ref scanned) || !typed.IsEmpty || queue.Count > 0)
{
    Scan(() => typed.TryDequeue(out var code) ? code : null);
    try
    {
        if (await uplink.SendAsync(CancellationToken.None) > 0) continue;
    }
    catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
    {
        Console.Error.WriteLine($"{queue.Count} scans wait: {fault.Message}");
    }

    await Task.Delay(pause);
}

return 0;

void Scan(Func<string?> next)
{
    const int AtOnce = 256;
    var key = Convert.FromHexString(Setting("VENUE_KEY"));
    for (var code = next(); code is not null;)
    {
        var (lines, ids) = (new List<string>(), new List<Guid>());
        for (; code is not null && lines.Count < AtOnce; code = next())
        {
            var (scan, at) = (Guid.CreateVersion7(), DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
            var signed = string.Create(CultureInfo.InvariantCulture, $"{scan:D}\n{at.ToUnixTimeMilliseconds()}\n\n{code}");
            var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
            lines.Add(JsonSerializer.Serialize(new { scan, at, credential = code, signature }));
            ids.Add(scan);
        }

        queue.Add(lines);
        foreach (var id in ids) Console.Out.WriteLine(id);
        Console.Out.Flush();
    }
}

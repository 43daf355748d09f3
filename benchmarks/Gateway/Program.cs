using System.Globalization;
using SmartCity.Benchmarks.Gateway;

// Prints what docs/surge.md claims; every goal is a ratio of figures of one run. Argument: seconds of ten times the load (default 30).
if (await Servers.RunAsync(args)) return;

var surge = TimeSpan.FromSeconds(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 30);
var goals = new List<(string What, string Measured, string Goal, bool Met)>();
Console.WriteLine($"{Environment.ProcessorCount} processors for load, gateway and service; .NET {Environment.Version}; the service bears {Servers.Hands} at once for {Servers.Milliseconds} ms each");
Servers.PublishKeys();
using var servers = await Servers.StartAsync();
using var load = new Load();

await ThroughputAsync();
await SurgeAsync();

Console.WriteLine();
Console.WriteLine("| what | measured | goal | |\n|---|---|---|---|");
foreach (var (what, measured, goal, met) in goals) Console.WriteLine($"| {what} | {measured} | {goal} | {(met ? "met" : "**missed**")} |");

async Task ThroughputAsync()
{
    var second = TimeSpan.FromSeconds(2);
    foreach (var (path, what, goal) in new[] { ("/health-code/v1/me/history", "throughput / plain YARP, all limits on", 0.9), ("/health-code/v1/bulletins", "throughput / plain YARP, cacheable answers", 3.0) })
    {
        var (ours, plain, bare) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < 5; round++)
        {
            var with = Rate(await load.ClosedAsync(new Uri(servers.Gateway, path), 32, second));
            var without = Rate(await load.ClosedAsync(new Uri(servers.Plain, path), 32, second));
            var itself = Rate(await load.ClosedAsync(new Uri(servers.Backend, path), 32, second));
            if (round < 0) continue; // warms up
            ours.Add(with);
            plain.Add(without);
            bare.Add(itself);
        }

        var ratio = Median(ours) / Median(plain);
        Add(what, $"{ratio:F2} ({Median(ours):N0}/s, {Median(plain):N0}/s)", $"≥ {goal:F1}", ratio >= goal);
        Console.WriteLine($"  the service itself, bare Kestrel: {Median(bare) / Median(plain):F2} of plain YARP ({Median(bare):N0}/s); this gateway gives {Median(ours) / Median(bare):P0} of it");

        double Rate(List<Seen> seen) => seen.Count(one => one.Status == 200) / second.TotalSeconds;
    }
}

async Task SurgeAsync()
{
    var (work, code, bulletins) = (new Uri(servers.Gateway, "/health-code/v1/work"), new Uri(servers.Gateway, "/health-code/v1/me/code"), new Uri(servers.Gateway, "/health-code/v1/bulletins"));
    await load.ClosedAsync(work, 32, TimeSpan.FromSeconds(5));
    var peakTime = TimeSpan.FromSeconds(10);
    var peak = (await load.ClosedAsync(work, 32, peakTime)).Count(one => one.Status == 200) / peakTime.TotalSeconds;
    Console.WriteLine($"peak goodput: {peak:F0}/s of {1000.0 * Servers.Hands / Servers.Milliseconds:F0}/s that the service can do");

    var calm = await load.OpenAsync(work, 0.8 * peak, TimeSpan.FromSeconds(12));
    var calmP99 = Quantile(calm.Where(one => one.Status == 200), 0.99);

    var showing = load.OpenAsync(code, 30, surge);
    var reading = load.OpenAsync(bulletins, 30, surge);
    var crowd = await load.OpenAsync(work, 10 * peak, surge);
    var after = await load.OpenAsync(work, 0.8 * peak, TimeSpan.FromSeconds(4));
    var (codes, read) = (await showing, await reading);

    // The first two seconds of a surge belong to it: nothing is left out.
    var given = crowd.Concat(codes).Count(one => one.Status == 200) / surge.TotalSeconds;
    Add("goodput at 10× / peak", $"{given / peak:P0} ({given:F0}/s of {peak:F0}/s, {crowd.Count / surge.TotalSeconds:F0}/s offered for {surge.TotalSeconds:F0} s)", "≥ 95 %", given >= 0.95 * peak);
    var p99 = Quantile(crowd.Where(one => one.Status == 200), 0.99);
    Add("p99 of admitted at 10× / at 80 %", $"{p99 / calmP99:F2} ({p99:F0} ms, {calmP99:F0} ms)", "≤ 2", p99 <= 2 * calmP99);
    var refusal = Quantile(crowd.Where(one => one.Status == 503), 0.5);
    Add("median refusal", $"{refusal:F1} ms of {crowd.Count(one => one.Status == 503):N0}", "< 5 ms", refusal < 5);
    Add("codes shown at 10×", Share(codes), "≥ 99 %", Ok(codes) >= 0.99);
    Add("bulletins read at 10×", Share(read), "≥ 99 %", Ok(read) >= 0.99);
    var began = after.Min(one => one.Asked);
    var back = after.Where(one => one.Asked >= began + 1).ToList();
    Add("answered from 1 s after the surge on", Share(back), "≥ 95 %", Ok(back) >= 0.95);
    var other = crowd.Count(one => one.Status is not (200 or 503));
    Add("other than answered or refused", $"{other}", "0", other == 0);
}

void Add(string what, string measured, string goal, bool met)
{
    goals.Add((what, measured, goal, met));
    Console.WriteLine($"{what}: {measured} (goal {goal}) {(met ? "met" : "MISSED")}");
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
static double Quantile(IEnumerable<Seen> seen, double part) => seen.Select(one => one.Milliseconds).Order().ToList() is { Count: > 0 } times ? times[(int)(times.Count * part)] : double.NaN;
static double Ok(List<Seen> seen) => seen.Count(one => one.Status == 200) / (double)seen.Count;
static string Share(List<Seen> seen) => $"{Ok(seen):P1} of {seen.Count:N0}";

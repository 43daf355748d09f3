using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using SmartCity.Replay;
using SmartCity.Replay.Towns;

// Replays an outbreak in a running city, through its gateway only. See README.md for the options.
var options = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
var gateway = options["gateway"] ?? options["services:gateway:http:0"] ?? "http://localhost:8080";
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    var started = Stopwatch.GetTimestamp();
    var town = Load(options);
    Console.WriteLine($"{town.Name}: {town.People.Count} people, {town.Places.Count} places, {town.Cases.Count} cases; replaying through {gateway}");
    using var city = new City(new Uri(gateway));
    var findings = await new Replayer(city, town, TimeProvider.System, await Staff.SignInAsync(city, stop.Token)).RunAsync(stop.Token);
    findings = findings with { WallTime = Stopwatch.GetElapsedTime(started) };
    findings.Print(Console.Out);
    if (options["report"] is { } report) await File.WriteAllTextAsync(report, JsonSerializer.Serialize(findings, JsonSerializerOptions.Web), stop.Token);
    return 0;
}
catch (Exception exception) when (exception is CityException or ArgumentException or FormatException or HttpRequestException or OperationCanceledException)
{
    Console.Error.WriteLine($"The replay stopped: {exception.Message}");
    return 1;
}

static Town Load(IConfiguration options)
{
    var folder = ReferenceFolder(options);
    return (options["outbreak"] ?? (folder is null ? "synthetic" : "hagelloch")) switch
    {
        "hagelloch" => Hagelloch.Load(Needed(folder)),
        "mers" => MersKorea.Load(Needed(folder)),
        "china-city" => ChinaCity.Load(Needed(folder), options["city"] ?? "610100"),
        "synthetic" => SyntheticTown.Make(options.GetValue("citizens", 200), options.GetValue("days", 30), options.GetValue("seed", 1)),
        var other => throw new ArgumentException($"There is no outbreak '{other}': hagelloch, mers, china-city or synthetic."),
    };
}

static string? ReferenceFolder(IConfiguration options)
{
    if ((options["data"] ?? options["SMARTCITY_REFERENCE_DATA"]) is { Length: > 0 } given)
    {
        var named = Path.Combine(given, "outbreaks");
        return Directory.Exists(named) ? named : null;
    }

    for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
    {
        if (File.Exists(Path.Combine(at.FullName, "SmartCity.sln")))
        {
            var beside = Path.Combine(at.FullName, "..", "shared", "data", "outbreaks");
            return Directory.Exists(beside) ? beside : null;
        }
    }

    return null;
}

static string Needed(string? folder) => folder ?? throw new ArgumentException("The folder with the outbreaks is not there: name it with --data, or choose --outbreak synthetic.");

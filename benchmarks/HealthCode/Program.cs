using System.Globalization;
using SmartCity.Benchmarks.HealthCode;

// Prints what the README claims about recomputing a whole city; every goal is a ratio measured in one run.
// Arguments: people (default 2,000,000), rounds (default 3).
var people = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2_000_000;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {people:N0} people");
await using var city = await City.BuildAsync(people);
await Recomputation.RunAsync(city, rounds);

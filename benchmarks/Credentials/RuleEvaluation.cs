using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SmartCity.HealthCode.CertLogic;

namespace SmartCity.Benchmarks.Credentials;

/// <summary>
/// Published rules of countries on their published data (else the sample below), here and by the reference interpreter, which is fetched
/// from npm for the run.
/// </summary>
internal static class RuleEvaluation
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public static void Run()
    {
        var cases = Cases();
        var compiled = cases.Select(one => (Logic: Compile(one.Logic), Data: LogicValue.From(one.Data))).ToList();
        Func<int> evaluate = () =>
        {
            foreach (var (logic, data) in compiled)
                logic.Evaluate(data);
            return compiled.Count;
        };
        Measure.Rate(evaluate, Round);
        var ours = Measure.Rate(evaluate, Round);
        Console.WriteLine($"rules: {cases.Count} evaluations, {ours:N0}/s compiled");

        if (ReferenceRate(cases) is { } reference)
            Measure.Print("compiled rules / reference interpreter", ours / reference, 10, $"{ours:N0}/s, {reference:N0}/s on one thread each");
        else
            Console.WriteLine("compiled rules / reference interpreter: not measured, Node or npm is missing");
    }

    private static double? ReferenceRate(IReadOnlyList<(JsonElement Logic, JsonElement Data)> cases)
    {
        var folder = Directory.CreateTempSubdirectory("certlogic-js");
        try
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "certlogic.mjs"), Path.Combine(folder.FullName, "certlogic.mjs"));
            File.WriteAllText(Path.Combine(folder.FullName, "cases.json"),
                JsonSerializer.Serialize(cases.Select(one => new { logic = one.Logic, data = one.Data })));
            Start(folder.FullName, "npm", "install", "--no-audit", "--no-fund", "certlogic-js");
            return double.Parse(Start(folder.FullName, "node", "certlogic.mjs", $"{Round.TotalMilliseconds}"), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or FormatException)
        {
            return null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Start(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static IReadOnlyList<(JsonElement Logic, JsonElement Data)> Cases()
    {
        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(repository.FullName, "SmartCity.sln"))) repository = repository.Parent!;
        var folder = Path.Combine(Environment.GetEnvironmentVariable("SMARTCITY_REFERENCE_DATA") ?? Path.Combine(repository.FullName, "..", "shared", "data"), "dcc-rules");
        if (!Directory.Exists(folder))
            return [(JsonElement.Parse(SampleLogic), JsonElement.Parse(SampleData))];
        return
        [
            .. from rule in Directory.EnumerateFiles(folder, "rule.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
               let tests = Path.Combine(Path.GetDirectoryName(rule)!, "tests")
               where Directory.Exists(tests)
               let logic = JsonElement.Parse(File.ReadAllBytes(rule)).GetProperty("Logic")
               from test in Directory.EnumerateFiles(tests, "*.json")
               select (logic, JsonElement.Parse(File.ReadAllBytes(test))),
        ];
    }

    private static CompiledLogic Compile(JsonElement expression) =>
        CompiledLogic.TryCompile(expression, out var logic, out var issues) ? logic : throw new FormatException(issues[0].Message);

    private const string SampleLogic =
        """
        {"if":[{"var":"payload.v.0"},{"and":[{"in":[{"var":"payload.v.0.mp"},["EU/1/20/1528","EU/1/20/1507","EU/1/21/1529","EU/1/20/1525"]]},
        {">=":[{"var":"payload.v.0.dn"},{"var":"payload.v.0.sd"}]},{"not-before":[{"plusTime":[{"var":"external.validationClock"},0,"day"]},
        {"plusTime":[{"var":"payload.v.0.dt"},14,"day"]}]}]},true]}
        """;

    private const string SampleData =
        """
        {"payload":{"v":[{"mp":"EU/1/20/1528","dn":2,"sd":2,"dt":"2021-06-01"}]},"external":{"validationClock":"2021-07-01T12:00:00Z"}}
        """;
}

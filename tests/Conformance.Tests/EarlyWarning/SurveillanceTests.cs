using System.Globalization;
using System.Text.RegularExpressions;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Conformance.Tests.EarlyWarning;

/// <summary>Every <c>ref_X__METHOD.csv</c> beside its <c>series_X.csv</c>: what R's surveillance answers, and what we answer.</summary>
public sealed partial class SurveillanceTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_reference_answer_of_surveillance_is_reproduced()
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("SMARTCITY_REFERENCE_DATA")!, "surveillance");
        var faults = new List<string>();
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "ref_*__*.csv").Order(StringComparer.Ordinal))
        {
            count++;
            if (Check(file) is { } fault)
                faults.Add($"{Path.GetFileName(file)}: {fault}");
        }

        output.WriteLine($"surveillance: {count - faults.Count} of {count}");
        foreach (var f in faults) output.WriteLine(f);
        faults.ShouldBeEmpty(string.Join((char)10, faults));
    }

    private static string? Check(string file)
    {
        var (name, method) = (FileName().Match(Path.GetFileName(file)) is { Success: true } m) ? (m.Groups[1].Value, m.Groups[2].Value) : throw new InvalidDataException(file);
        var series = ReferenceTable.Read(Path.Combine(Path.GetDirectoryName(file)!, $"series_{name}.csv"));
        var reference = ReferenceTable.Read(file);
        return SurveillanceMethods.Answer(method, series, reference) is { } ours
            ? Agreement.Compare(reference, "t", ours)
            : $"method {method} is unknown";
    }

    [GeneratedRegex(@"^ref_(.+?)__(.+)\.csv$")]
    private static partial Regex FileName();
}

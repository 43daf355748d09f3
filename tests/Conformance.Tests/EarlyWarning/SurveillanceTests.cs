using System.Text.RegularExpressions;

namespace Conformance.Tests.EarlyWarning;

/// <summary>Every <c>ref_X__METHOD.csv</c> beside its <c>series_X.csv</c>: what R's surveillance answers, and what we answer.</summary>
public sealed partial class SurveillanceTests
{
    [Fact]
    public void Every_answer_of_surveillance_is_reproduced() =>
        Subject.Run("surveillance",
            from file in ReferenceData.Files(ReferenceData.Folder("surveillance"), "ref_*__*.csv")
            select new Case(Path.GetFileName(file), () => Miss(file)));

    private static string? Miss(string file)
    {
        var name = FileName().Match(Path.GetFileName(file));
        var (series, method) = (name.Groups["series"].Value, name.Groups["method"].Value);
        var reference = ReferenceTable.Read(file);
        var answer = SurveillanceMethods.Answer(method, ReferenceTable.Read(Path.Combine(Path.GetDirectoryName(file)!, $"series_{series}.csv")), reference);
        return answer is null
            ? $"method {method} is unknown"
            : Agreement.Miss(reference, "t", answer, nothing: method.StartsWith("glr", StringComparison.Ordinal) ? Agreement.LogRatioNoise : 1e-13);
    }

    [GeneratedRegex("^ref_(?<series>.+?)__(?<method>.+)[.]csv$")]
    private static partial Regex FileName();
}

using System.Globalization;
using System.Text.RegularExpressions;
using SmartCity.EarlyWarning.Detection;

namespace Conformance.Tests.EarlyWarning;

/// <summary>R(t), infectiousness and discretised serial intervals of published epidemics.</summary>
public sealed partial class ReproductionNumberTests
{
    [Fact]
    public void Reproduction_numbers_agree() => Subject.Run("epiestim",
        Estimates().Concat(Infectiousness()).Concat(SerialIntervals()));

    private static string Folder => ReferenceData.Folder("epiestim");

    private static IEnumerable<Case> Estimates() =>
        from file in ReferenceData.Files(Folder, "*_R_*.csv")
        select new Case(Path.GetFileName(file), () => MissInEstimates(file));

    private static string? MissInEstimates(string file)
    {
        var name = EstimateName().Match(Path.GetFileName(file));
        var incidence = ReferenceTable.Read(Sibling(file, $"{name.Groups["epidemic"].Value}_incidence.csv")).Column("I");
        var interval = name.Groups["mean"].Success
            ? SerialInterval.Discretised(Number(name.Groups["mean"]), Number(name.Groups["sd"]), incidence.Length)
            : SerialInterval.Of(ReferenceTable.Read(Sibling(file, $"{name.Groups["epidemic"].Value}_si.csv")).Column("w"));
        var reference = ReferenceTable.Read(file);
        var window = (int)(reference[0, "t_end"] - reference[0, "t_start"]) + 1;
        var ours = ReproductionNumber.Estimate(incidence, interval, window);
        return Agreement.Miss(reference, "t_start", (start, column) => Value(ours[start - 2], column));
    }

    private static double Value(ReproductionEstimate r, string column) => column switch
    {
        "t_end" => r.LastDay + 1,
        "Mean(R)" => r.Mean,
        "Std(R)" => r.StandardDeviation,
        "Median(R)" => r.Quantile(0.5),
        _ => r.Quantile(double.Parse(QuantileName().Match(column).Groups[1].Value, CultureInfo.InvariantCulture)),
    };

    private static IEnumerable<Case> Infectiousness() =>
        from file in ReferenceData.Files(Folder, "*_lambda.csv")
        let incidence = ReferenceTable.Read(file.Replace("_lambda", "_incidence", StringComparison.Ordinal)).Column("I")
        let interval = SerialInterval.Of(ReferenceTable.Read(file.Replace("_lambda", "_si", StringComparison.Ordinal)).Column("w"))
        let lambda = ReproductionNumber.Infectiousness(incidence, interval)
        select new Case(Path.GetFileName(file), () => Agreement.Miss(ReferenceTable.Read(file), "t", (t, _) => lambda[t - 1]));

    private static IEnumerable<Case> SerialIntervals() =>
        from file in ReferenceData.Files(Folder, "discr_si_*.csv")
        let name = IntervalName().Match(Path.GetFileName(file))
        let reference = ReferenceTable.Read(file)
        let weights = SerialInterval.Discretised(Number(name.Groups["mean"]), Number(name.Groups["sd"]), reference.Count).Weights
        select new Case(Path.GetFileName(file), () => Agreement.Miss(reference, "k", (k, _) => weights[k]));

    private static string Sibling(string file, string name) => Path.Combine(Path.GetDirectoryName(file)!, name);

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?<epidemic>.+?)_R_.*?(?:_parametric_(?<mean>[0-9.]+)_(?<sd>[0-9.]+))?[.]csv$")]
    private static partial Regex EstimateName();

    [GeneratedRegex("^discr_si_(?<mean>[0-9.]+)_(?<sd>[0-9.]+)[.]csv$")]
    private static partial Regex IntervalName();

    [GeneratedRegex(@"^Quantile[.]([0-9.]+)\(R\)$")]
    private static partial Regex QuantileName();
}

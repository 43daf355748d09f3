using System.Globalization;
using SmartCity.EarlyWarning.Detection;

namespace Conformance.Tests.EarlyWarning;

/// <summary>One-step fits of R's HoltWinters and ets: fixed parameters to 1e-9, optimised ones no worse in the sum of squared errors.</summary>
public sealed class ForecastTests
{
    [Fact]
    public void Forecasts_agree_or_are_no_worse() =>
        Subject.Run("forecast",
            from file in ReferenceData.Files(ReferenceData.Folder("forecast"), "fit_*__*.csv")
            select new Case(Path.GetFileName(file), () => Miss(file)));

    private static string? Miss(string file)
    {
        var parts = Path.GetFileNameWithoutExtension(file)["fit_".Length..].Split("__");
        var y = ReferenceTable.Read(Path.Combine(Path.GetDirectoryName(file)!, $"series_{parts[0]}.csv")).Column("y");
        var reference = ReferenceTable.Read(file);
        var (words, period) = (parts[1].Split('_'), Period(file, parts[0]));
        double[] numbers = [.. words.Select(w => w.Replace("alpha", "", StringComparison.Ordinal)).Where(IsNumber).Select(Number)];
        return words switch
        {
            ["snaive", ..] => Agreement.Miss(reference, "t", (t, _) => t > period ? y[t - 1 - period] : double.NaN),
            ["HW", _, "optim"] => Worse(y, reference, HoltWinters.FitBest(y, words[1] != "ses", period, Season(words[1])).Fitted),
            ["HW", ..] => Different(reference, HoltWinters.Fit(y, Parameters(words[1], numbers), period, Season(words[1])).Fitted),
            ["ets", var model, ..] => Worse(y, reference, InnovationsModel.FitBest(y, Trend(model), SeasonOf(model), period).Fitted),
            _ => $"{parts[1]} is unknown",
        };
    }

    private static string? Different(ReferenceTable reference, IReadOnlyList<double> ours) => Agreement.Miss(reference, "t", (t, _) => ours[t - 1]);

    private static string? Worse(double[] y, ReferenceTable reference, IReadOnlyList<double> ours)
    {
        double theirs = 0, own = 0;
        for (var t = 0; t < y.Length; t++)
        {
            if (double.IsNaN(reference[t, "fitted"]) != double.IsNaN(ours[t]))
                return $"t={t + 1}: one has a fit, the other not";
            if (double.IsNaN(ours[t]))
                continue;
            theirs += Math.Pow(y[t] - reference[t, "fitted"], 2);
            own += Math.Pow(y[t] - ours[t], 2);
        }

        return own <= theirs * (1 + Agreement.Relative) ? null : string.Create(CultureInfo.InvariantCulture, $"SSE {own:R} is worse than {theirs:R}");
    }

    private static Smoothing Parameters(string kind, double[] p) =>
        new(p[0], kind == "ses" ? null : p[1], Season(kind) == SeasonKind.None ? null : p[2]);

    private static SeasonKind Season(string kind) => kind switch
    {
        "add" => SeasonKind.Additive,
        "mult" or "mul" => SeasonKind.Multiplicative,
        _ => SeasonKind.None,
    };

    /// <summary>ETS and three letters or two with Ad: error, trend, season.</summary>
    private static SeasonKind SeasonOf(string model) => model[^1] switch
    {
        'A' => SeasonKind.Additive,
        'M' => SeasonKind.Multiplicative,
        _ => SeasonKind.None,
    };

    private static TrendKind Trend(string model) => model["ETS".Length + 1] == 'N' ? TrendKind.None : model.Contains('d') ? TrendKind.Damped : TrendKind.Linear;

    /// <summary>The period is in no file: it is how many values R's seasonal fits leave out.</summary>
    private static int Period(string file, string series) =>
        ReferenceData.Files(Path.GetDirectoryName(file)!, $"fit_{series}__*.csv")
            .Where(f => f.Contains("snaive") || f.Contains("HW_add") || f.Contains("HW_mul"))
            .Select(f => ReferenceTable.Read(f).Column("fitted").TakeWhile(double.IsNaN).Count())
            .FirstOrDefault(1);

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

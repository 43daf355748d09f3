using System.Globalization;
using System.Text.RegularExpressions;
using SmartCity.EarlyWarning.Detection;

namespace Conformance.Tests.EarlyWarning;

/// <summary>From the method part of a reference file's name to our detector with those parameters.</summary>
internal static partial class SurveillanceMethods
{
    /// <summary>Our answer by time (from 1) and column; null for a method that we do not know.</summary>
    public static Func<int, string, double>? Answer(string method, ReferenceTable series, ReferenceTable reference)
    {
        var observed = series.Column("observed");
        return method switch
        {
            _ when EarsName().Match(method) is { Success: true } ears => EarsAnswer(observed, ears.Groups[1].Value, method),
            _ when method.StartsWith("farringtonFlexible", StringComparison.Ordinal) => Flexible(observed, series, method),
            _ when method.StartsWith("farrington", StringComparison.Ordinal) => Original(observed, series, method),
            _ when method.StartsWith("cusum", StringComparison.Ordinal) => CusumAnswer(observed, method, First(reference)),
            _ when method.StartsWith("glr", StringComparison.Ordinal) => LikelihoodRatioAnswer(observed, method, First(reference), PerYear(series)),
            _ when method.StartsWith("outbreakP", StringComparison.Ordinal) => OutbreakPAnswer(observed, method),
            _ when method.StartsWith("rki", StringComparison.Ordinal) =>
                Remember(t => RkiDetector.Evaluate(observed, t - 1, Window(method, series)), WindowColumn),
            _ when method.StartsWith("bayes", StringComparison.Ordinal) =>
                Remember(t => BayesDetector.Evaluate(observed, t - 1, Window(method, series), Parameter(method, "a(?:lpha)?", 0.05)), WindowColumn),
            _ => null,
        };
    }

    /// <summary>The first judged time, from 0: what lies before is the training period.</summary>
    private static int First(ReferenceTable reference) => (int)reference[0, "t"] - 1;

    private static Func<int, string, double> CusumAnswer(double[] observed, string method, int first)
    {
        var stream = new CusumStream(CusumOptions.RCompatible with
        {
            K = Parameter(method, "k", 1.04),
            H = Parameter(method, "h", 2.26),
            Standardisation = method.Contains("rossi") ? Standardisation.Rossi
                : method.Contains("anscombe") ? Standardisation.Anscombe
                : Standardisation.Poisson,
        });
        var mean = observed[..first].Average();
        CusumResult[] results = [.. observed[first..].Select(y => stream.Next(y, mean))];
        return (t, column) => column switch
        {
            "cusum" => results[t - 1 - first].Statistic,
            "m" => results[t - 1 - first].Mean,
            _ => Column(column, results[t - 1 - first].Observed, results[t - 1 - first].UpperBound, true, results[t - 1 - first].Alarm),
        };
    }

    private static Func<int, string, double> LikelihoodRatioAnswer(double[] observed, string method, int first, int period)
    {
        var factor = Parameter(method, "theta", double.NaN);
        var overdispersed = method.StartsWith("glrnb", StringComparison.Ordinal);
        // The references with a known factor in negative binomial counts were computed with a trend in the mean and limit 4, the others without and 5.
        var trend = overdispersed && !double.IsNaN(factor);
        var limit = trend ? 4 : 5;
        var baseline = SeasonalBaseline.Fit(observed.AsSpan(0, first), overdispersed, trend: trend, period: period);
        Func<double, double, LikelihoodRatioResult> next = double.IsNaN(factor)
            ? new GeneralizedLikelihoodRatioStream(baseline.Alpha, limit).Next
            : new LikelihoodRatioStream(factor, baseline.Alpha, limit).Next;
        LikelihoodRatioResult[] results = [.. Enumerable.Range(first, observed.Length - first).Select(i => next(observed[i], baseline.Mean(i + 1)))];
        return (t, column) =>
        {
            var r = results[t - 1 - first];
            return Column(column, r.Observed, method.EndsWith("_cases", StringComparison.Ordinal) ? r.UpperBound : r.Statistic, true, r.Alarm);
        };
    }

    private static Func<int, string, double> OutbreakPAnswer(double[] observed, string method)
    {
        var stream = new OutbreakPStream(Parameter(method, "k", 100), ReferenceMode.RCompatible);
        OutbreakPResult[] results = [.. observed.Select(y => stream.Next(y))];
        return (t, column) => Column(column, results[t - 1].Observed, results[t - 1].Statistic, !double.IsNaN(results[t - 1].Statistic), results[t - 1].Alarm);
    }

    private static WindowOptions Window(string method, ReferenceTable series) => (method[^1] switch
    {
        '1' => WindowOptions.LastSixWeeks,
        '2' => WindowOptions.LastSixWeeksAndOneYear,
        '3' => WindowOptions.TwoYears,
        _ => throw new InvalidDataException(method),
    }) with { PerYear = PerYear(series) };

    private static double WindowColumn(WindowResult result, string column) =>
        Column(column, result.Observed, result.UpperBound, !double.IsNaN(result.UpperBound), result.Alarm);

    private static Func<int, string, double> Original(double[] observed, ReferenceTable series, string method)
    {
        var options = FarringtonOptions.Original with
        {
            Years = (int)Parameter(method, "b", 5),
            HalfWindow = (int)Parameter(method, "w", 3),
            Alpha = Parameter(method, "a(?:lpha)?", 0.05),
            Power = method.Contains("_none") ? PowerTransformation.None : PowerTransformation.TwoThirds,
            Reweight = !method.Contains("_norew"),
            Trend = !method.Contains("_notrend"),
        };
        var detector = new Farrington1996(Calendar(series), options);
        return Remember(t => detector.Evaluate(observed, t - 1), (r, column) => column switch
        {
            "observed" => r.Observed,
            "upperbound" => r.EnoughCases ? r.UpperBound : 0,
            "alarm" => r.Alarm ? 1 : 0,
            _ => throw new InvalidDataException(column),
        });
    }

    private static Func<int, string, double> Flexible(double[] observed, ReferenceTable series, string method)
    {
        var variant = method.Split('_') switch
        {
            var parts when parts.Contains("noufaily") => FarringtonOptions.Noufaily,
            var parts when parts.Contains("muan") => FarringtonOptions.Muan with { Alpha = 0.01 },
            var parts when parts.Contains("oldFarrington") => FarringtonOptions.Flexible with { WeightsThreshold = 1 },
            _ => FarringtonOptions.Flexible,
        };
        var detector = new FarringtonFlexible(Calendar(series), variant with
        {
            Mode = ReferenceMode.RCompatible,
            Years = (int)Parameter(method, "b", 5),
            HalfWindow = (int)Parameter(method, "w", 3),
            Alpha = Parameter(method, "a(?:lpha)?", variant.Alpha),
        });
        return Remember(t => detector.Evaluate(observed, t - 1), (r, column) => column switch
        {
            "observed" => r.Observed,
            "upperbound" => r.UpperBound,
            "alarm" => double.IsNaN(r.Expected) ? double.NaN : r.Alarm ? 1 : 0,
            "expected" => r.EnoughCases ? r.Expected : double.NaN,
            "phi" => r.Dispersion,
            "score" => r.Score,
            "pvalue" => r.PValue,
            "trend" => r.Trend ? 1 : 0,
            _ => throw new InvalidDataException(column),
        });
    }

    private static SeasonCalendar Calendar(ReferenceTable series) =>
        series.Dates() is { } dates ? SeasonCalendar.ByDate(dates, PerYear(series)) : SeasonCalendar.PerYear(PerYear(series));

    /// <summary>Weeks, months or days, by the largest number within a year.</summary>
    private static int PerYear(ReferenceTable series) => series.Column("epoch_in_year").Max() switch
    {
        <= 12 => 12,
        <= 53 => 52,
        _ => 365,
    };

    private static Func<int, string, double> Remember<T>(Func<int, T> evaluate, Func<T, string, double> column)
    {
        var known = new Dictionary<int, T>();
        return (t, name) => column(known.TryGetValue(t, out var result) ? result : known[t] = evaluate(t), name);
    }

    private static Func<int, string, double> EarsAnswer(double[] observed, string variant, string method)
    {
        var options = EarsOptions.RCompatible(Enum.Parse<EarsMethod>(variant), (int)Parameter(method, "baseline", 7));
        options = options with { MinSigma = Parameter(method, "minSigma", options.MinSigma), Alpha = Parameter(method, "alpha", options.Alpha) };
        var results = Ears.Detect(observed, options);
        return (t, column) => Column(column, results[t - 1].Observed, results[t - 1].UpperBound, results[t - 1].HasAnswer, results[t - 1].Alarm);
    }

    private static double Column(string column, double observed, double upperBound, bool hasAnswer, bool alarm) => column switch
    {
        "observed" => observed,
        "upperbound" => upperBound,
        "alarm" => hasAnswer ? (alarm ? 1 : 0) : double.NaN,
        _ => throw new InvalidDataException(column),
    };

    private static double Parameter(string method, string name, double otherwise) =>
        Regex.Match(method, $@"(?:^|_){name}(-?[0-9.]+)") is { Success: true } m
            ? double.Parse(m.Groups[1].Value.TrimEnd('.'), CultureInfo.InvariantCulture)
            : otherwise;

    [GeneratedRegex("^ears(C[123])(?:_|$)")]
    private static partial Regex EarsName();
}

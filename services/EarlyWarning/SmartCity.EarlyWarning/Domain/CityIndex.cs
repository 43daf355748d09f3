namespace SmartCity.EarlyWarning.Domain;

/// <summary>A version of the index: dimensions and indicators with their weights, as data.</summary>
internal sealed record IndicatorSet(int Version, IReadOnlyList<IndicatorDimension> Dimensions);

/// <param name="Key">Stable.</param>
/// <param name="En">In English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
/// <param name="Weight">Among the dimensions.</param>
/// <param name="Indicators">What it is made of.</param>
internal sealed record IndicatorDimension(string Key, string En, string Zh, double Weight, IReadOnlyList<Indicator> Indicators);

/// <param name="Key">Stable.</param>
/// <param name="En">In English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
/// <param name="Weight">Within the dimension.</param>
/// <param name="Measure">What is measured; null where the city has no data.</param>
/// <param name="Worst">The value that scores 0.</param>
/// <param name="Best">The value that scores 100.</param>
/// <param name="MissingEn">Why there is no data.</param>
/// <param name="MissingZh">The same in Chinese.</param>
internal sealed record Indicator(string Key, string En, string Zh, double Weight, string? Measure, double Worst, double Best, string? MissingEn = null, string? MissingZh = null);

/// <summary>What was measured, of how many.</summary>
/// <param name="Value">Null where there was nothing to measure.</param>
/// <param name="Of">How many things it is made of.</param>
internal sealed record Measured(double? Value, int Of);

/// <param name="Key">Stable.</param>
/// <param name="En">In English.</param>
/// <param name="Zh">In Simplified Chinese.</param>
/// <param name="Weight">Among its sisters.</param>
/// <param name="Score">0 to 100; null where the city has no data.</param>
/// <param name="Coverage">Share of the weights for which there is data.</param>
/// <param name="Value">What was measured; null for a dimension.</param>
/// <param name="Of">Of how many things.</param>
/// <param name="MissingEn">Why there is no score.</param>
/// <param name="MissingZh">The same in Chinese.</param>
/// <param name="Parts">The indicators of a dimension.</param>
internal sealed record IndexScore(
    string Key, string En, string Zh, double Weight, double? Score, double Coverage, double? Value, int? Of, string? MissingEn, string? MissingZh, IReadOnlyList<IndexScore> Parts);

/// <summary>The city index: weighted means over what is known, never a guess for what is not; the coverage says how much is known.</summary>
internal static class CityIndex
{
    public static IndexScore Compute(IndicatorSet set, IReadOnlyDictionary<string, Measured> measures) =>
        Mean("city", "City index", "城市指数", 1, [.. set.Dimensions.Select(dimension => Mean(dimension.Key, dimension.En, dimension.Zh, dimension.Weight, [.. dimension.Indicators.Select(indicator => Score(indicator, measures))]))]);

    private static IndexScore Score(Indicator indicator, IReadOnlyDictionary<string, Measured> measures)
    {
        var measured = indicator.Measure is { } name ? measures.GetValueOrDefault(name) : null;
        return measured?.Value is { } value
            ? new(indicator.Key, indicator.En, indicator.Zh, indicator.Weight, Math.Clamp((value - indicator.Worst) / (indicator.Best - indicator.Worst), 0, 1) * 100, 1, value, measured.Of, null, null, [])
            : new(indicator.Key, indicator.En, indicator.Zh, indicator.Weight, null, 0, null, measured?.Of, indicator.MissingEn ?? "There was nothing to measure in the period.", indicator.MissingZh ?? "统计期内没有可计量的数据。", []);
    }

    private static IndexScore Mean(string key, string en, string zh, double weight, IReadOnlyList<IndexScore> parts)
    {
        var (known, all) = (parts.Where(part => part.Score is not null).ToList(), parts.Sum(part => part.Weight));
        var weights = known.Sum(part => part.Weight);
        return new IndexScore(
            key, en, zh, weight, known.Count == 0 ? null : known.Sum(part => part.Score!.Value * part.Weight) / weights, all == 0 ? 0 : parts.Sum(part => part.Coverage * part.Weight) / all, null, null,
            known.Count == 0 ? "None of its parts has data." : null, known.Count == 0 ? "各组成部分均无数据。" : null, parts);
    }
}

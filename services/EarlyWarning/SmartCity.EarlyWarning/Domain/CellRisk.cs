using System.ComponentModel.DataAnnotations;
using System.Globalization;
using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>How signals are taken together; the configuration's section <c>Risk</c>.</summary>
internal sealed class RiskOptions
{
    /// <summary>Which set of weights this is; shown with every level.</summary>
    [Required]
    public string Version { get; init; } = "";

    /// <summary>How much the strongest possible alarm of a stream says by itself, 0 to 1.</summary>
    public IReadOnlyDictionary<SignalStream, double> Weights { get; init; } = new Dictionary<SignalStream, double>();

    /// <summary>Alarms of so many days count.</summary>
    [Range(1, 60)]
    public int Days { get; init; } = 7;

    /// <summary>An alarm of the community, street or district says so much about each of its cells.</summary>
    [Range(0, 1)]
    public double ShareFromAbove { get; init; } = 0.5;

    [Range(0, 1)]
    public double MediumFrom { get; init; } = 0.3;

    [Range(0, 1)]
    public double HighFrom { get; init; } = 0.7;

    /// <summary>How long a proposal waits for a person.</summary>
    public TimeSpan ProposalLife { get; init; } = TimeSpan.FromDays(3);
}

/// <summary>What one stream says about a cell.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Share">How much, 0 to 1.</param>
/// <param name="AlarmId">The alarm that says it.</param>
/// <param name="Area">Where that alarm is: the cell, or an area around it.</param>
internal sealed record RiskPart(SignalStream Stream, double Share, Guid AlarmId, string Area);

/// <summary>
/// Several signals taken together: the strongest alarm of each stream that stands gives a share s = weight · (1 − 2^−score), and the risk is 1 − Π(1 − s),
/// as if each stream alone could tell. No stream can lower what another says.
/// </summary>
/// <param name="Score">0 to 1.</param>
/// <param name="Level">What follows.</param>
/// <param name="Parts">What it is made of, the largest first.</param>
internal sealed record CellRisk(double Score, AreaRisk Level, IReadOnlyList<RiskPart> Parts)
{
    public static CellRisk Of(string cell, IEnumerable<Alarm> alarms, Grid grid, DateOnly today, RiskOptions options)
    {
        var parts = alarms
            .Where(alarm => alarm.UnsupportedSince is null && alarm.Hash is not null && alarm.Area != Area.City && alarm.Day > today.AddDays(-options.Days) && alarm.Areas.Any(area => grid.Covers(area, cell)))
            .Select(alarm => new RiskPart(alarm.Stream, Math.Round(Share(alarm, cell, options), 4), alarm.Id, alarm.Area))
            .GroupBy(part => part.Stream).Select(stream => stream.MaxBy(part => part.Share)!)
            .Where(part => part.Share > 0).OrderByDescending(part => part.Share).ToArray();
        var score = 1 - parts.Aggregate(1.0, (calm, part) => calm * (1 - part.Share));
        return new CellRisk(score, score >= options.HighFrom ? AreaRisk.High : score >= options.MediumFrom ? AreaRisk.Medium : AreaRisk.Low, parts);
    }

    /// <summary>The parts in one line, for the officer who decides: streams and numbers only.</summary>
    public string Ground => string.Join("; ", Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Stream} {part.Share:0.00}")));

    private static double Share(Alarm alarm, string cell, RiskOptions options) =>
        options.Weights.GetValueOrDefault(alarm.Stream) * (1 - Math.Pow(2, -Math.Max(0, alarm.Score))) * (alarm.Areas.Contains(cell) ? 1 : options.ShareFromAbove);
}

/// <summary>A level that was offered to the health code, where a person decides.</summary>
internal sealed class RiskProposal
{
    public required Guid Id { get; init; }

    public required string Cell { get; init; }

    public required AreaRisk Level { get; init; }

    public required string Ground { get; init; }

    public required DateTimeOffset ProposedAt { get; init; }

    public required DateTimeOffset ValidUntil { get; init; }
}

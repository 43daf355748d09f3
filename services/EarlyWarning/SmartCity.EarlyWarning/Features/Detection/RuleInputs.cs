using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Detection;
using SmartCity.EarlyWarning.Domain;

namespace SmartCity.EarlyWarning.Features;

/// <summary>One verdict with the values that it rests on.</summary>
/// <param name="Day">The day, or the last day of the week.</param>
/// <param name="Values">Those compared with, and the judged one last.</param>
internal sealed record JudgedDay(string Area, DateOnly Day, double[] Values, Verdict Verdict, Guid[] Outbreaks);

/// <summary>Reads what a rule judges and judges it: the same for what comes in, and for what is recomputed.</summary>
internal sealed class RuleInputs(SignalReader reader)
{
    /// <param name="first">The first day to judge; for weekly rules the last day of the first week.</param>
    /// <param name="last">The last day to judge, included.</param>
    public async Task<IReadOnlyList<JudgedDay>> JudgeAsync(
        DetectionRule rule, IReadOnlyCollection<string> areas, DateOnly first, DateOnly last, Grid grid, Knowledge knowledge, IReadOnlyCollection<KnownOutbreak> outbreaks,
        CancellationToken cancellationToken)
    {
        var judge = new SeriesJudge(rule.Series);
        var step = rule.Series.DaysPerValue;
        var start = first.AddDays(1 - ((judge.Reach + 1) * step));
        var days = last.DayNumber - start.DayNumber + 1;
        var read = await reader.ReadAsync(rule.Stream, rule.Kind, areas, grid, start, days, knowledge, cancellationToken);
        var judged = new List<JudgedDay>();
        foreach (var (area, daily) in read)
        {
            var values = step == 1 ? daily : RuleSeries.ByWeek(daily);
            KnownOutbreak[] known = [.. outbreaks.Where(outbreak => outbreak.Stream == rule.Stream && grid.Covers(outbreak.Area, area))];
            var baseline = RuleSeries.WithoutOutbreaks(values, start, step, known);
            for (var at = judge.Reach; at < values.Length; at++)
            {
                // The day itself is judged also in an outbreak.
                var masked = baseline[at];
                baseline[at] = values[at];
                judged.Add(new JudgedDay(area, start.AddDays(((at + 1) * step) - 1), baseline[(at - judge.Reach)..(at + 1)], judge.Judge(baseline, at), [.. known.Select(outbreak => outbreak.Id)]));
                baseline[at] = masked;
            }
        }

        return judged;
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SmartCity.EarlyWarning.Detection;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>Why nobody is called for an alarm. It is on record and shown all the same.</summary>
public enum Hold
{
    /// <summary>The department is called.</summary>
    None,

    /// <summary>The same rule called for the same area a few days ago.</summary>
    CoolDown,

    /// <summary>The rule goes on and off in this area.</summary>
    Flapping,

    /// <summary>The department's budget of alarms is used up.</summary>
    Budget,
}

/// <summary>A day that was out of the ordinary. It stays on record when later news takes its ground away.</summary>
internal sealed class Alarm
{
    public const string SilentFeed = "silent-feed";
    public const string Incomplete = "reporting-incomplete";

    public required Guid Id { get; init; }

    public required SignalStream Stream { get; init; }

    public required string Area { get; init; }

    /// <summary>The day, or the last day of the week.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The rule that fired; for feeds <see cref="SilentFeed"/> or <see cref="Incomplete"/> with the stream.</summary>
    public required string Rule { get; init; }

    public required string Detector { get; init; }

    public required string Department { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>The event that it belongs to; null for one that nobody is told of.</summary>
    public Guid? EventId { get; set; }

    public Hold Hold { get; set; }

    public int RuleVersion { get; private set; }

    public double Observed { get; private set; }

    /// <summary>The values that it was compared with, oldest first; NaN where nothing was observed or an outbreak is known.</summary>
    public double[] Baseline { get; private set; } = [];

    public double Expected { get; private set; }

    public double UpperBound { get; private set; }

    public double Score { get; private set; }

    /// <summary>The areas of the cluster that the alarm is about, its own among them; null for an alarm about its area alone.</summary>
    public string[]? Cluster { get; private set; }

    /// <summary>The cluster's first day.</summary>
    public DateOnly? ClusterFrom { get; private set; }

    /// <summary>Where it is.</summary>
    public IReadOnlyList<string> Areas => Cluster ?? [Area];

    /// <summary>Recomputes the newest judgement; null for alarms about feeds.</summary>
    public string? Hash { get; private set; }

    /// <summary>Since when the counts no longer bear it out; null while they do.</summary>
    public DateTimeOffset? UnsupportedSince { get; private set; }

    /// <summary>Brings the figures up to date with what is known now.</summary>
    public void Review(int ruleVersion, Verdict verdict, ReadOnlySpan<double> baseline, string? hash, DateTimeOffset now, string[]? cluster = null, DateOnly? clusterFrom = null)
    {
        (Cluster, ClusterFrom) = (cluster, clusterFrom);
        (RuleVersion, Observed, Baseline, Hash) = (ruleVersion, verdict.Observed, baseline.ToArray(), hash);
        (Expected, UpperBound, Score) = (Finite(verdict.Expected), Finite(verdict.UpperBound), Finite(verdict.Score));
        UnsupportedSince = verdict.Alarm ? null : UnsupportedSince ?? now;
    }

    /// <summary>The ground is gone: the feed is heard again.</summary>
    public void Withdraw(DateTimeOffset now) => UnsupportedSince ??= now;

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;
}

/// <summary>Everything that one judgement of an alarm rests on, so that it can be made again exactly, whatever has been corrected since.</summary>
internal sealed class AlarmJudgement
{
    public required string Hash { get; init; }

    public required Guid AlarmId { get; init; }

    public required string Rule { get; init; }

    public required int RuleVersion { get; init; }

    public required string Area { get; init; }

    public required DateOnly Day { get; init; }

    public required int Grid { get; init; }

    public required long Revision { get; init; }

    public required DateOnly ZeroFrom { get; init; }

    public required DateOnly ZeroUntil { get; init; }

    /// <summary>Known outbreaks that were left out of the baseline.</summary>
    public required Guid[] Outbreaks { get; init; }

    public required bool IsAlarm { get; init; }

    public required DateTimeOffset JudgedAt { get; init; }

    /// <summary>SHA-256 over the rule, what was known, the values and the verdict, in lower-case hexadecimal.</summary>
    public static string HashOf(
        DetectionRule rule, string area, DateOnly day, int grid, long revision, DateOnly zeroFrom, DateOnly zeroUntil, IEnumerable<Guid> outbreaks, ReadOnlySpan<double> values, Verdict verdict,
        IEnumerable<string>? cluster = null, DateOnly? clusterFrom = null)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{rule.Code}|{rule.Version}|{area}|{day:yyyy-MM-dd}|{grid}|{revision}|{zeroFrom:yyyy-MM-dd}|{zeroUntil:yyyy-MM-dd}|");
        text.AppendJoin(',', outbreaks.Order());
        foreach (var value in values) text.Append(CultureInfo.InvariantCulture, $"|{value:R}");
        text.Append(CultureInfo.InvariantCulture, $"|{verdict.Expected:R}|{verdict.UpperBound:R}|{verdict.Score:R}|{verdict.Alarm}");
        if (cluster is not null) text.Append(CultureInfo.InvariantCulture, $"|{clusterFrom:yyyy-MM-dd}|").AppendJoin(',', cluster);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

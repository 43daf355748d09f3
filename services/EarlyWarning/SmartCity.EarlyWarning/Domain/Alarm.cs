namespace SmartCity.EarlyWarning.Domain;

/// <summary>A day that was out of the ordinary. It stays on record when later news takes its ground away.</summary>
internal sealed class Alarm
{
    public const string EarsC2 = "ears-c2";

    public required Guid Id { get; init; }

    public required SignalStream Stream { get; init; }

    public required string Area { get; init; }

    public required DateOnly Day { get; init; }

    public required string Detector { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>The event that it belongs to; null for one that nobody is told of.</summary>
    public Guid? EventId { get; set; }

    public int Observed { get; private set; }

    public double[] Baseline { get; private set; } = [];

    public double Mean { get; private set; }

    public double Sigma { get; private set; }

    public double UpperBound { get; private set; }

    /// <summary>Since when the counts no longer bear it out; null while they do.</summary>
    public DateTimeOffset? UnsupportedSince { get; private set; }

    /// <summary>Brings the figures up to date with what is known now.</summary>
    public void Review(Finding finding, DateTimeOffset now)
    {
        (Observed, Baseline, Mean, Sigma, UpperBound) = (finding.Observed, finding.Baseline, finding.Mean, finding.Sigma, finding.UpperBound);
        UnsupportedSince = finding.IsAlarm ? null : UnsupportedSince ?? now;
    }
}

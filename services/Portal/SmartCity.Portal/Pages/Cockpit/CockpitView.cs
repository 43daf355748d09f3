using System.Text.Json;

namespace SmartCity.Portal.Pages.Cockpit;

/// <summary>The city or a cell at a glance, as early warning answers it.</summary>
public sealed record CockpitView(string? Cell, DateTimeOffset At, IReadOnlyList<CockpitView.Figure> Figures, IReadOnlyList<CockpitView.ForecastDay> Forecast)
{
    public sealed record Figure(string Name, string En, string Zh, double? Value, double? Lower, double? Upper, DateTimeOffset? AsOf, long? AgeSeconds, string Link, string? Missing);

    public sealed record ForecastDay(DateOnly Day, double Mean, double Lower, double Upper);
}

/// <summary>The last four weeks by day.</summary>
public sealed record CourseView(DateTimeOffset At, IReadOnlyList<CourseView.CourseDay> Days)
{
    public sealed record CourseDay(DateOnly Day, double? Cases, Estimate? Reproduction, double? Visits, double? Bookings, double? Reports, Colours? Codes);

    public sealed record Estimate(double Mean, double Lower, double Upper);

    public sealed record Colours(int Green, int Yellow, int Red);
}

/// <summary>The cells of the grid with their risk.</summary>
public sealed record MapView(DateTimeOffset At, IReadOnlyList<MapView.MapCell> Cells)
{
    public sealed record MapCell(string Cell, int Cases, double Score, string Level);
}

/// <summary>An area of the grid with its shape.</summary>
public sealed record AreaView(string Code, string Level, string NameEn, string NameZh, JsonElement? Geometry);

/// <summary>What a cell's risk is made of.</summary>
public sealed record RiskView(string Cell, string Level, double Score, string Weights, IReadOnlyList<RiskView.Part> Parts)
{
    public sealed record Part(string Stream, double Share, Guid AlarmId, string Area);
}

/// <summary>A day out of the ordinary.</summary>
public sealed record AlarmView(
    Guid AlarmId, string Stream, string? Cell, DateOnly Day, string Rule, int RuleVersion, string Detector, string Department, double Observed, IReadOnlyList<double?> Baseline, double Expected,
    double UpperBound, double Score, string ExplanationEn, string ExplanationZh, string Hold, Guid? EventId, string? Hash, DateTimeOffset RaisedAt, DateTimeOffset? UnsupportedSince);

/// <summary>A judgement that was made again.</summary>
public sealed record RecomputationView(bool Same, double Observed, double Expected, double UpperBound, bool IsAlarm);

/// <summary>A stream by day.</summary>
public sealed record SignalView(string Stream, string? Cell, long Revision, IReadOnlyList<SignalView.DayValue> Days)
{
    public sealed record DayValue(DateOnly Day, double Value);
}

/// <summary>The city index.</summary>
public sealed record IndexView(int Version, DateTimeOffset At, IndexView.Part Index)
{
    public sealed record Part(string Key, string En, string Zh, double? Score, double Coverage, string? MissingEn, string? MissingZh, IReadOnlyList<Part> Parts);
}

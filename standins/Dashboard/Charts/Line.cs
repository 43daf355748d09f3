namespace SmartCity.Dashboard.Charts;

/// <summary>A line of a chart. A missing value is a gap.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Values">Its values in the order of time.</param>
public sealed record Line(string Name, IReadOnlyList<(DateTimeOffset Time, double? Value)> Values);

namespace SmartCity.EarlyWarning.Detection;

/// <summary>The periods of a scan, shorter ones first, among equals the earlier first.</summary>
internal sealed class ScanWindows
{
    public ScanWindows(int days, ScanOptions options)
    {
        Days = days;
        var longest = Math.Max(1, Math.Min(options.MaxDays, (int)(days * options.MaxTimeShare + 1e-9)));
        All = options.Prospective
            ? [.. Enumerable.Range(1, longest).Select(length => (days - length, days))]
            : [.. Enumerable.Range(1, longest).SelectMany(length => Enumerable.Range(0, days - length + 1).Select(start => (start, start + length)))];
        First = All.Min(w => w.Start);
    }

    public int Days { get; }

    /// <summary>First day, and the day after the last.</summary>
    public (int Start, int End)[] All { get; }

    /// <summary>The first day that any window holds.</summary>
    public int First { get; }

    public int Count => All.Length;
}

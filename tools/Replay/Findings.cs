using System.Globalization;

namespace SmartCity.Replay;

/// <summary>What the city made of an outbreak.</summary>
/// <param name="Town">Which outbreak.</param>
/// <param name="People">Registered.</param>
/// <param name="Places">Registered.</param>
/// <param name="Visits">Recorded.</param>
/// <param name="Cases">Reported and confirmed.</param>
/// <param name="Contacts">Pairs of a case and a contact that tracing found.</param>
/// <param name="TransmissionsRecorded">Pairs of infector and infectee in the source.</param>
/// <param name="TransmissionsFound">Those of them that tracing found.</param>
/// <param name="ContactsTurnedYellow">People who were told by a yellow code that they had met a case.</param>
/// <param name="PeakDay">The day with the most reported cases.</param>
/// <param name="FirstAlarmDay">The first day that was out of the ordinary in the whole city; null if none was.</param>
/// <param name="Alarms">Alarms raised.</param>
/// <param name="WarningsIssued">Warnings that two people agreed to.</param>
/// <param name="CodesAtPeak">Codes by colour on the evening of the peak.</param>
/// <param name="CodesAtEnd">Codes by colour when it was over.</param>
internal sealed record Findings(
    string Town, int People, int Places, int Visits, int Cases, int Contacts, int TransmissionsRecorded, int TransmissionsFound, int ContactsTurnedYellow,
    DateOnly PeakDay, DateOnly? FirstAlarmDay, int Alarms, int WarningsIssued, IReadOnlyDictionary<string, int> CodesAtPeak, IReadOnlyDictionary<string, int> CodesAtEnd)
{
    /// <summary>Minutes in the same air from which a contact would be flagged.</summary>
    internal static readonly int[] Thresholds = [1, 15, 60, 240, 960, 2880];

    /// <summary>What would have been found and flagged if only longer times together counted.</summary>
    public IReadOnlyList<Overlap> Overlaps { get; init; } = [];

    /// <summary>How long the replay took.</summary>
    public TimeSpan WallTime { get; init; }

    /// <summary>When each daily detector would have called.</summary>
    public IReadOnlyList<DetectorFinding> Detectors { get; init; } = [];

    /// <summary>Days from the first alarm to the peak; negative if the alarm came after it; null without an alarm.</summary>
    public int? DaysOfWarning => PeakDay.DayNumber - FirstAlarmDay?.DayNumber;

    /// <summary>Prints the summary as a short table.</summary>
    public void Print(TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine(Town);
        Line(writer, "people, places, visits", $"{People:N0}, {Places:N0}, {Visits:N0}");
        Line(writer, "cases", $"{Cases:N0}");
        Line(writer, "contacts found", $"{Contacts:N0} pairs of case and contact; {ContactsTurnedYellow:N0} people told by a yellow code");
        Line(writer, "recorded transmissions", TransmissionsRecorded == 0 ? "none in the source" : $"{TransmissionsFound} of {TransmissionsRecorded} found by tracing ({100.0 * TransmissionsFound / TransmissionsRecorded:F0} %)");
        foreach (var overlap in TransmissionsRecorded == 0 ? [] : Overlaps)
        {
            Line(writer, $"  from {overlap.Minutes} minutes", string.Create(
                CultureInfo.InvariantCulture,
                $"{overlap.Found} found ({100.0 * overlap.Found / TransmissionsRecorded:F0} %), {overlap.Flagged:N0} pairs flagged: {overlap.OthersPerFound:F1} others for each"));
        }

        Line(writer, "first alarm", FirstAlarmDay is null ? "none" : $"{FirstAlarmDay:yyyy-MM-dd}, {DaysOfWarning} days before the peak on {PeakDay:yyyy-MM-dd}");
        Line(writer, "alarms, warnings issued", $"{Alarms}, {WarningsIssued}");
        foreach (var found in Detectors)
            Line(writer, $"  {found.Detector}", found.FirstAlarm is { } day ? $"first alarm {day:yyyy-MM-dd}, {PeakDay.DayNumber - day.DayNumber} days before the peak; {found.Alarms} alarms in {found.DaysJudged} days judged" : $"no alarm in {found.DaysJudged} days judged");
        Line(writer, "codes at the peak", Colors(CodesAtPeak));
        Line(writer, "codes at the end", Colors(CodesAtEnd));
        Line(writer, "wall time", $"{WallTime.TotalSeconds:F0} s");
    }

    private static void Line(TextWriter writer, string what, string value) => writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-24} {value}"));

    private static string Colors(IReadOnlyDictionary<string, int> codes) => string.Join(", ", codes.OrderBy(code => code.Key).Select(code => $"{code.Value} {code.Key}"));
}

/// <summary>Contacts from so many minutes on.</summary>
/// <param name="Minutes">Least time in the same air, at all places together.</param>
/// <param name="Found">Recorded transmissions among them.</param>
/// <param name="Flagged">All pairs of a case and a contact among them.</param>
internal sealed record Overlap(int Minutes, int Found, int Flagged)
{
    /// <summary>How many others were flagged for each who was infected.</summary>
    public double OthersPerFound => Found == 0 ? 0 : (double)(Flagged - Found) / Found;
}

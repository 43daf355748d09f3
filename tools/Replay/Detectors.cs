using System.Globalization;
using System.Text.Json.Nodes;

namespace SmartCity.Replay;

/// <summary>When a detector would have called.</summary>
/// <param name="Detector">Its name in the city's rules.</param>
/// <param name="FirstAlarm">The first day with an alarm, in the source's time; null if there was none.</param>
/// <param name="Alarms">Days with an alarm.</param>
/// <param name="DaysJudged">Days for which it had an answer.</param>
internal sealed record DetectorFinding(string Detector, DateOnly? FirstAlarm, int Alarms, int DaysJudged);

/// <summary>Asks the city which of its daily detectors would have called when: a draft rule for each, at its defaults, backtested over what the replay left in the city.</summary>
internal static class Detectors
{
    private static readonly string[] Daily = ["earsC1", "earsC2", "earsC3", "weekdaySwitch", "cusum", "likelihoodRatio"];

    /// <param name="first">The first day of the outbreak in the city's time.</param>
    /// <param name="last">The last day in the city's time.</param>
    /// <param name="shift">Days from the source's time to the city's.</param>
    public static async Task<IReadOnlyList<DetectorFinding>> CompareAsync(City city, Staff staff, DateOnly first, DateOnly last, int shift, CancellationToken cancellationToken)
    {
        var findings = new List<DetectorFinding>();
        foreach (var detector in Daily)
        {
            // The same floor for all, so that one case after quiet days calls nobody.
            var rule = await city.PostAsync(
                "/early-warning/v1/rules",
                new { code = $"replay-{detector.ToLowerInvariant()}", stream = "cases", level = "city", detector, department = "health-commission", minimumCount = 3 },
                staff.HealthOfficer, cancellationToken);
            var test = await city.PostAsync(
                $"/early-warning/v1/rules/replay-{detector.ToLowerInvariant()}/versions/{rule!["version"]!.GetValue<int>()}/backtests", new { from = Text(first), until = Text(last) }, staff.HealthOfficer, cancellationToken);
            findings.Add(new DetectorFinding(detector, Day(test!["firstAlarm"])?.AddDays(-shift), test["alarms"]!.GetValue<int>(), test["judged"]!.GetValue<int>()));
        }

        return findings;
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly? Day(JsonNode? day) => day is null ? null : DateOnly.ParseExact(day.GetValue<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

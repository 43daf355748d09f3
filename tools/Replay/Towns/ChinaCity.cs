using System.Globalization;

namespace SmartCity.Replay.Towns;

/// <summary>
/// COVID-19 in one Chinese city, early 2020: confirmed cases per day from the cumulative counts. Nothing is known of places, so nobody meets:
/// it shows when the city would have been warned, not whom it would have traced.
/// </summary>
internal static class ChinaCity
{
    private const int DaysFromOnsetToReport = 5;

    private static readonly Position Centre = new(34.26, 108.94);

    public static Town Load(string folder, string cityCode)
    {
        var row = Table.Read(Path.Combine(folder, "china_city_cumulative_2020-01-10_2020-04-30.csv")).FirstOrDefault(row => row["cityCode"] == cityCode)
            ?? throw new ArgumentException($"There is no city {cityCode} in the data.");
        var days = row.Columns.Where(column => DateOnly.TryParseExact(column, "yyyy-MM-dd", out _))
            .Select(column => (Day: DateOnly.ParseExact(column, "yyyy-MM-dd", CultureInfo.InvariantCulture), Total: row.Number(column)))
            .Where(count => count.Total is not null);

        var cases = new List<Illness>();
        foreach (var (day, total) in days)
        {
            // A count that was corrected downwards adds nobody.
            while (cases.Count < total) cases.Add(new Illness($"{cityCode}-{cases.Count + 1}", day.AddDays(-DaysFromOnsetToReport), day));
        }

        var people = cases.Select((illness, index) => new Person(illness.Person, 20 + (index * 7 % 60), index % 2 == 0, Centre.Move(700 * (index % 13), 700 * (index % 7)))).ToArray();
        return new Town($"COVID-19 in {row["city"]}, 2020", people, [], [], cases, []);
    }
}

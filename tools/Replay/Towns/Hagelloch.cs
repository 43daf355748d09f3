namespace SmartCity.Replay.Towns;

/// <summary>
/// Measles in the village of Hagelloch, 1861: 188 children of 56 houses with their school classes and who infected whom (Pfeilsticker 1863; Oesterle 1992).
/// Children sleep at home, go to class on weekday mornings until the rash shows, and to church on Sundays.
/// </summary>
internal static class Hagelloch
{
    private const int DaysBeforeFirstCase = 10;
    private const int DaysAfterOwnRash = 3;

    /// <summary>The village's scale and shape are the source's; it is laid into the city that replays it.</summary>
    private static readonly Position Village = new(31.30, 120.60);

    public static Town Load(string folder)
    {
        var rows = Table.Read(Path.Combine(folder, "measles_hagelloch_1861.csv"));
        var first = rows.Min(row => row.Day("date_of_prodrome")!.Value).AddDays(-DaysBeforeFirstCase);

        var people = rows.Select(row => new Person(row["case_ID"], row.Number("age") ?? 6, row["gender"] != "f", Home(row))).ToArray();
        var houses = rows.GroupBy(House).Select(house => new Venue(house.Key, $"House {house.Key}", "household", Home(house.First())));
        var classes = new[] { new Venue("class 1", "First class", "school", Village.Move(120, 110)), new Venue("class 2", "Second class", "school", Village.Move(120, 115)) };
        var church = new Venue("church", "Church", "worship", Village.Move(140, 120));

        return new Town(
            "Measles in Hagelloch, 1861",
            people,
            [.. houses, .. classes, church],
            [.. rows.SelectMany(row => Stays(row, first))],
            [.. rows.Select(row => new Illness(row["case_ID"], row.Day("date_of_prodrome")!.Value, row.Day("date_of_rash")!.Value))],
            [.. rows.Where(row => row.Text("infector") is not null && row["infector"] != "0").Select(row => new Transmission(row["infector"], row["case_ID"]))]);
    }

    private static IEnumerable<Stay> Stays(Table.Row row, DateOnly first)
    {
        var child = row["case_ID"];
        var rash = row.Day("date_of_rash")!.Value;
        for (var day = first; day <= rash.AddDays(DaysAfterOwnRash); day = day.AddDays(1))
        {
            yield return new Stay(child, House(row), day, From: -8, Until: 7);
            if (day >= rash) continue;
            if (day.DayOfWeek == DayOfWeek.Sunday) yield return new Stay(child, "church", day, From: 9.5, Until: 10.5);
            else if (row["class"] != "0") yield return new Stay(child, $"class {row["class"]}", day, From: 8, Until: 12);
        }
    }

    private static string House(Table.Row row) => $"{row["x_loc"]}/{row["y_loc"]}";

    private static Position Home(Table.Row row) => Village.Move(row.Measure("x_loc") ?? 0, row.Measure("y_loc") ?? 0);
}

namespace SmartCity.Replay.Towns;

/// <summary>
/// MERS in South Korea, 2015: 162 cases who met in hospitals, with windows of exposure and pairs of contacts (KCDC; line list of the EpiEstim authors' collection).
/// An infectee is at the hospital of infection through the window of exposure; the infector is there on the same days, as the contact list records.
/// </summary>
internal static class MersKorea
{
    private const int LongestWindow = 5;

    private static readonly Position Region = new(31.20, 121.40);

    public static Town Load(string folder)
    {
        var rows = Table.Read(Path.Combine(folder, "mers_korea_2015_linelist.csv"));
        var byId = rows.ToDictionary(row => row["id"]);
        var pairs = Table.Read(Path.Combine(folder, "mers_korea_2015_contacts.csv"))
            .Where(row => byId.ContainsKey(row["from"]) && byId.ContainsKey(row["to"]))
            .Select(row => new Transmission(row["from"], row["to"]))
            .ToArray();

        var hospitals = rows.Select(Hospital).Distinct()
            .Select((name, index) => new Venue(name, name, "hospital", Region.Move(1500 * (index % 5), 1500 * (index / 5))))
            .ToArray();
        var people = rows.Select((row, index) => new Person(row["id"], row.Number("age") ?? 40, row["sex"] != "F", Region.Move(900 * (index % 11), 900 * (index / 11)))).ToArray();
        var stays = rows.SelectMany(row => Window(row).Select(day => new Stay(row["id"], Hospital(row), day, From: 9, Until: 17)));
        var infectors = pairs.SelectMany(pair => Window(byId[pair.Infectee]).Select(day => new Stay(pair.Infector, Hospital(byId[pair.Infectee]), day, From: 9, Until: 17)));

        return new Town("MERS in South Korea, 2015", people, hospitals, [.. stays.Concat(infectors).Distinct()], [.. rows.Select(Illness)], pairs);
    }

    private static Illness Illness(Table.Row row)
    {
        var reported = row.Day("dt_diag") ?? row.Day("dt_report")!.Value;
        var onset = row.Day("dt_onset") ?? reported;
        return new Illness(row["id"], onset <= reported ? onset : reported, reported);
    }

    private static string Hospital(Table.Row row) => row.Text("loc_hosp") ?? "Unknown hospital";

    private static IEnumerable<DateOnly> Window(Table.Row row)
    {
        if (row.Day("dt_end_exp") is not { } last || row.Day("dt_start_exp") is not { } first) yield break;
        // A window of weeks means that nobody knew the day; the last days before onset are the likely ones.
        if (last.DayNumber - first.DayNumber >= LongestWindow) first = last.AddDays(1 - LongestWindow);
        for (var day = first; day <= last; day = day.AddDays(1)) yield return day;
    }
}

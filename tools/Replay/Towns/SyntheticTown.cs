namespace SmartCity.Replay.Towns;

/// <summary>
/// A town made up from a seed, of any size: households of four, workplaces of twelve and shops, with an epidemic that spreads only where people meet.
/// The same seed gives the same town.
/// </summary>
internal static class SyntheticTown
{
    private const int HouseholdSize = 4;
    private const int WorkplaceSize = 12;
    private const int PeoplePerShop = 60;
    private const int IncubationDays = 4;
    private const int DaysFromOnsetToReport = 2;
    private const double DailyRisk = 0.05;

    private static readonly Position Centre = new(30.25, 120.15);

    public static Town Make(int citizens, int days, int seed)
    {
        var random = new Random(seed);
        var first = new DateOnly(2024, 1, 1);
        var shops = Math.Max(1, citizens / PeoplePerShop);
        var people = Enumerable.Range(0, citizens)
            .Select(i => new Person(i.ToString("00000", System.Globalization.CultureInfo.InvariantCulture), random.Next(1, 90), random.Next(2) == 0, Centre.Move(200 * (i / HouseholdSize % 40), 200 * (i / HouseholdSize / 40))))
            .ToArray();
        var venues = Enumerable.Range(0, (citizens + HouseholdSize - 1) / HouseholdSize).Select(h => new Venue($"home {h}", $"Household {h}", "household", people[h * HouseholdSize].Home))
            .Concat(Enumerable.Range(0, (citizens + WorkplaceSize - 1) / WorkplaceSize).Select(w => new Venue($"work {w}", $"Workplace {w}", "office", Centre.Move(300 * (w % 20), -300 * (w / 20)))))
            .Concat(Enumerable.Range(0, shops).Select(s => new Venue($"shop {s}", $"Shop {s}", "shop", Centre.Move(-300 * s, 0))))
            .ToArray();

        var infectedOn = new int?[citizens];
        infectedOn[random.Next(citizens)] = 0;
        var stays = new List<Stay>();
        var transmissions = new List<Transmission>();
        for (var day = 0; day < days; day++)
        {
            var today = Enumerable.Range(0, citizens).SelectMany(person => Stays(person, first.AddDays(day), day, infectedOn[person], shops, random, people)).ToArray();
            stays.AddRange(today);
            // Whoever came at the same time was there together: stays at one place are equally long.
            foreach (var meeting in today.GroupBy(stay => (stay.Venue, stay.From)))
            {
                Spread([.. meeting.Select(stay => int.Parse(stay.Person, System.Globalization.CultureInfo.InvariantCulture)).Distinct()], day, infectedOn, random, transmissions, people);
            }
        }

        var cases = Enumerable.Range(0, citizens)
            .Where(person => infectedOn[person] is { } on && on + IncubationDays + DaysFromOnsetToReport < days)
            .Select(person => new Illness(people[person].Key, first.AddDays(infectedOn[person]!.Value + IncubationDays), first.AddDays(infectedOn[person]!.Value + IncubationDays + DaysFromOnsetToReport)))
            .ToArray();
        var reported = cases.Select(illness => illness.Person).ToHashSet();
        return new Town($"Synthetic town, {citizens} citizens, {days} days, seed {seed}", people, venues, stays, cases,
            [.. transmissions.Where(pair => reported.Contains(pair.Infector) && reported.Contains(pair.Infectee))]);
    }

    private static IEnumerable<Stay> Stays(int person, DateOnly date, int day, int? infectedOn, int shops, Random random, Person[] people)
    {
        var key = people[person].Key;
        yield return new Stay(key, $"home {person / HouseholdSize}", date, From: -6, Until: 7);
        // Whoever was reported stays at home.
        if (day > infectedOn + IncubationDays + DaysFromOnsetToReport) yield break;
        if (date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) yield return new Stay(key, $"work {person * 7919 % people.Length / WorkplaceSize}", date, From: 9, Until: 17);
        if (random.Next(3) != 0) yield break;
        var arrival = 17.5 + (random.Next(4) * 0.25);
        yield return new Stay(key, $"shop {random.Next(shops)}", date, arrival, arrival + 0.5);
    }

    private static void Spread(int[] together, int day, int?[] infectedOn, Random random, List<Transmission> transmissions, Person[] people)
    {
        foreach (var infector in together.Where(person => day - infectedOn[person] is >= IncubationDays - 1 and <= IncubationDays + DaysFromOnsetToReport))
        {
            foreach (var other in together.Where(person => infectedOn[person] is null && random.NextDouble() < DailyRisk))
            {
                infectedOn[other] = day;
                transmissions.Add(new Transmission(people[infector].Key, people[other].Key));
            }
        }
    }
}

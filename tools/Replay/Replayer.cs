using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SmartCity.Replay.Towns;

namespace SmartCity.Replay;

/// <summary>
/// Lets an outbreak happen again, day by day: people register, are where they were, fall ill and are reported; the city traces, alarms and warns.
/// The last day of the outbreak is yesterday; the city's clock is moved back to the first day and comes forward with the days.
/// </summary>
internal sealed class Replayer(City city, Town town, TimeProvider clock, Staff staff)
{
    private const int AtOnce = 8;
    private const int MostStaysAtOnce = 200;
    private const int MostPlacesAtOnce = 500;
    private const double Evening = 20;

    private static readonly TimeSpan CityOffset = TimeSpan.FromHours(8);
    private static readonly TimeSpan ClockLag = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly int shift = DateOnly.FromDateTime(clock.GetUtcNow().ToOffset(CityOffset).DateTime).DayNumber - 1 - town.LastDay.DayNumber;
    private readonly ConcurrentDictionary<string, Resident> residents = new();
    private readonly ConcurrentDictionary<string, Guid> places = new();
    private readonly Dictionary<Guid, Guid> caseOf = [];
    private int visits;

    public async Task<Findings> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReplayAsync(cancellationToken);
        }
        finally
        {
            // However it ended, the city's people go on living today.
            await MoveClockAsync(clock.GetUtcNow(), CancellationToken.None);
        }
    }

    private async Task<Findings> ReplayAsync(CancellationToken cancellationToken)
    {
        await MoveClockAsync(At(town.FirstDay, 0), cancellationToken);
        await RegisterAsync(cancellationToken);

        var peak = town.Cases.GroupBy(illness => illness.Reported).OrderByDescending(day => day.Count()).ThenBy(day => day.Key).First().Key;
        IReadOnlyDictionary<string, int> codesAtPeak = new Dictionary<string, int>();
        var warnings = new Warnings(city, staff);
        var stays = town.Stays.ToLookup(stay => stay.Day);
        var reports = town.Cases.ToLookup(illness => illness.Reported);
        for (var day = town.FirstDay; day <= town.LastDay; day = day.AddDays(1))
        {
            await MoveClockAsync(At(day, Evening), cancellationToken);
            await RecordVisitsAsync(stays[day], cancellationToken);
            await ReportAsync([.. reports[day]], cancellationToken);
            await warnings.FollowUpAsync(cancellationToken);
            if (day == peak) codesAtPeak = await CodesAsync(cancellationToken);
            Progress(day, reports[day].Count(), warnings);
        }

        var traced = await TracedAsync(cancellationToken);
        var toldByYellow = await ToldByYellowAsync(cancellationToken);
        var detectors = await Detectors.CompareAsync(city, staff, town.FirstDay.AddDays(shift), town.LastDay.AddDays(shift), shift, cancellationToken);
        await MoveClockAsync(clock.GetUtcNow(), cancellationToken);
        var recorded = town.Transmissions.Select(pair => (residents[pair.Infector].CitizenId, residents[pair.Infectee].CitizenId)).ToArray();
        return new Findings(
            town.Name, residents.Count, places.Count, visits, caseOf.Count, traced.Count, town.Transmissions.Count,
            recorded.Count(traced.ContainsKey), toldByYellow,
            peak, warnings.FirstAlarm?.AddDays(-shift), warnings.Alarms, warnings.Issued, codesAtPeak, await CodesAsync(cancellationToken))
        {
            Detectors = detectors,
            Overlaps = [.. Findings.Thresholds.Select(minutes => new Overlap(minutes, recorded.Count(pair => traced.GetValueOrDefault(pair) >= minutes), traced.Values.Count(together => together >= minutes)))],
        };
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var district = 110101 + (StableNumber(town.Name) % 1000);
        var sequences = new Dictionary<(DateOnly, bool), int>();
        var papers = town.People.Select((person, index) =>
        {
            // Nobody's day of birth is in the sources: spread over the year, so that numbers differ.
            var born = town.FirstDay.AddDays(shift).AddYears(-person.AgeInYears).AddDays(-1 - (index * 37 % 360));
            var sequence = sequences[(born, person.Male)] = sequences.GetValueOrDefault((born, person.Male), -1) + 1;
            return (Person: person, Number: CitizenNumbers.Make(district.ToString(System.Globalization.CultureInfo.InvariantCulture), born, sequence, person.Male), Phone: $"+86139{(district % 1000 * 10000) + index:00000000}");
        });
        await ForEachAsync(papers, async (paper, token) =>
        {
            var account = await city.SignInAsync(paper.Phone, token);
            var registered = await city.PutAsync(
                "/health-code/v1/me",
                new { name = $"Person {paper.Person.Key}", citizenNumber = paper.Number, home = new { latitude = paper.Person.Home.Latitude, longitude = paper.Person.Home.Longitude } },
                account, token);
            residents[paper.Person.Key] = new Resident(account, paper.Number, registered!["citizenId"]!.GetValue<Guid>());
        }, cancellationToken);

        foreach (var venue in town.Places)
        {
            var place = await city.PostAsync(
                "/place-registration/v1/places",
                new { name = venue.Name, type = venue.Type, address = venue.Name, position = new { latitude = venue.At.Latitude, longitude = venue.At.Longitude }, capacity = 500, uscc = "91310115MA1K3BTP2B" },
                staff.Venue, cancellationToken);
            places[venue.Key] = place!["placeId"]!.GetValue<Guid>();
        }

        foreach (var some in places.Values.Chunk(MostPlacesAtOnce))
            await city.PostAsync("/place-registration/v1/places/decisions", new { placeIds = some, approved = true }, staff.HealthOfficer, cancellationToken);

        Console.WriteLine($"  {residents.Count} people and {places.Count} places registered");
    }

    private Task RecordVisitsAsync(IEnumerable<Stay> stays, CancellationToken cancellationToken) =>
        ForEachAsync(stays.GroupBy(stay => stay.Person).SelectMany(mine => mine.Chunk(MostStaysAtOnce)), async (mine, token) =>
        {
            var answer = await city.PostAsync(
                "/place-registration/v1/check-ins/batch",
                new { stays = mine.Select(stay => new { key = Guid.CreateVersion7(), placeId = places[stay.Venue], at = At(stay.Day, stay.From), until = At(stay.Day, stay.Until) }).ToArray() },
                residents[mine[0].Person].Account, token);
            var recorded = answer!["stays"]!.AsArray().Count(stay => stay!["outcome"]!.GetValue<string>() == "recorded");
            if (recorded != mine.Length) throw new CityException($"Only {recorded} of {mine.Length} stays were recorded: {answer.ToJsonString()}");
            Interlocked.Add(ref visits, recorded);
        }, cancellationToken);

    private async Task ReportAsync(IReadOnlyList<Illness> illnesses, CancellationToken cancellationToken)
    {
        if (illnesses.Count == 0) return;
        foreach (var illness in illnesses)
        {
            await city.PostAsync(
                "/health-code/v1/lab-results",
                new { resultNumber = $"{shift}-{illness.Person}", citizenNumber = residents[illness.Person].CitizenNumber, outcome = "positive", sampledAt = At(illness.Reported, 12), onsetAt = At(illness.Onset, 8) },
                staff.Laboratory, cancellationToken);
        }

        var reported = illnesses.ToDictionary(illness => residents[illness.Person].CitizenId, illness => illness.Person);
        foreach (var found in await city.ListAsync("/health-code/v1/cases", staff.HealthOfficer, cancellationToken))
        {
            var citizenId = found["citizenId"]!.GetValue<Guid>();
            if (reported.ContainsKey(citizenId)) caseOf[citizenId] = found["caseId"]!.GetValue<Guid>();
        }

        foreach (var (citizenId, person) in reported)
        {
            if (!caseOf.TryGetValue(citizenId, out var caseId)) throw new CityException($"The positive result of {person} made no case.");
            await UntilAsync(async () => await TraceAsync(caseId, cancellationToken), $"tracing of case {caseId}", cancellationToken);
        }
    }

    private async Task<bool> TraceAsync(Guid caseId, CancellationToken cancellationToken)
    {
        try
        {
            return (await city.GetAsync($"/place-registration/v1/traces/{caseId}", staff.HealthOfficer, cancellationToken))!["tracedAt"] is not null;
        }
        catch (CityException notYet) when (notYet.Message.Contains("case_unknown", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>All pairs of a case and a contact, by citizen, with their minutes in the same air at all places.</summary>
    private async Task<Dictionary<(Guid Case, Guid Contact), int>> TracedAsync(CancellationToken cancellationToken)
    {
        var pairs = new Dictionary<(Guid, Guid), int>();
        foreach (var (citizenId, caseId) in caseOf)
        {
            foreach (var exposure in await city.ListAsync($"/place-registration/v1/traces/{caseId}/exposures", staff.HealthOfficer, cancellationToken))
            {
                if (exposure["withdrawn"]!.GetValue<bool>()) continue;
                var pair = (citizenId, exposure["citizenId"]!.GetValue<Guid>());
                pairs[pair] = pairs.GetValueOrDefault(pair) + exposure["minutes"]!.GetValue<int>();
            }
        }

        return pairs;
    }

    private async Task<int> ToldByYellowAsync(CancellationToken cancellationToken)
    {
        var told = 0;
        await ForEachAsync(residents.Values, async (resident, token) =>
        {
            var changes = await city.ListAsync("/health-code/v1/me/code/history", resident.Account, token);
            if (changes.Any(change => change["color"]!.GetValue<string>() == "yellow")) Interlocked.Increment(ref told);
        }, cancellationToken);
        return told;
    }

    private async Task<IReadOnlyDictionary<string, int>> CodesAsync(CancellationToken cancellationToken)
    {
        var colors = new ConcurrentDictionary<string, int>();
        await ForEachAsync(residents.Values, async (resident, token) =>
        {
            var code = await city.GetAsync("/health-code/v1/me/code", resident.Account, token);
            colors.AddOrUpdate(code!["color"]!.GetValue<string>(), 1, (_, count) => count + 1);
        }, cancellationToken);
        return colors;
    }

    private async Task MoveClockAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await city.PutAsync("/operations/v1/clock", new { now }, staff.Operator, cancellationToken);
        // Every process of the city reads the new time within this.
        await Task.Delay(ClockLag, TimeProvider.System, cancellationToken);
    }

    private DateTimeOffset At(DateOnly day, double hour) => new DateTimeOffset(day.AddDays(shift), TimeOnly.MinValue, CityOffset).AddHours(hour);

    private static async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > LongestWait) throw new CityException($"The city did not get there in time: {what}.");
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (item, token) => await act(item, token));

    private void Progress(DateOnly day, int reported, Warnings warnings) =>
        Console.WriteLine($"  {day.AddDays(shift):yyyy-MM-dd} ({day:yyyy-MM-dd}): {visits,7:N0} visits, {reported,3} cases today, {caseOf.Count,4} in all, {warnings.Alarms} alarms, {warnings.Issued} warnings");

    /// <summary>The same in every run, unlike a string's hash code.</summary>
    private static int StableNumber(string text) => text.Aggregate(17, (sum, letter) => ((sum * 31) + letter) & 0xFFFFFF);

    private sealed record Resident(Account Account, string CitizenNumber, Guid CitizenId);
}

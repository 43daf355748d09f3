using Microsoft.Extensions.DependencyInjection;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class UpkeepTests(CityServers servers)
{
    private const string Weeks = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'visits'::regclass";

    [Fact]
    public async Task Weeks_of_visits_are_made_ahead_and_what_came_before_them_moves_in()
    {
        await using var town = await Town.CreateAsync(servers, ("Visits:UpkeepInterval", "1.00:00:00"));
        // Nobody has made a week yet, and still nothing is refused.
        await town.Database.ExecuteAsync(
            "INSERT INTO visits VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '2026-03-04', '2026-03-05', false, false)");

        _ = town.App.Server;

        // 4 March less 29 days lies in the week from Monday, 2 February; 14 days ahead in the one from 16 March.
        await Eventually.Async(async () => await town.Database.ScalarAsync<string>(Weeks) ==
            "visits_default visits_week_20260202 visits_week_20260209 visits_week_20260216 visits_week_20260223 visits_week_20260302 visits_week_20260309 visits_week_20260316");
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits_week_20260302")).ShouldBe(1);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits_default")).ShouldBe(0);
    }

    [Fact]
    public async Task Visits_are_gone_after_their_time_and_what_tracing_found_stays_until_its_own()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, _)) = (town.Citizen(), town.Citizen());
        foreach (var account in new[] { anna, ben }) await town.CheckInAsync(account, place, Town.Noon.AddHours(-2), Town.Noon.AddHours(-1));
        await town.ConfirmAsync(annaId);

        town.Clock.Advance(TimeSpan.FromDays(27));
        await town.CheckInAsync(ben, place);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(3);
        town.Clock.Advance(TimeSpan.FromDays(7 + 2));
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits") == 1);
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM infectious_stays") == 0);
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM visit_keys") == 1);

        // The visits behind the exposure are forgotten; a new one of the same persons at the same place must not withdraw it.
        foreach (var account in new[] { anna, ben }) await town.CheckInAsync(account, place);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM exposures WHERE NOT withdrawn")).ShouldBe(1);

        town.Clock.Advance(TimeSpan.FromDays(150));
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT (SELECT count(*) FROM exposures) + (SELECT count(*) FROM cases)") == 0);
        town.Heard.Of<ExposureWithdrawn>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Visits_are_counted_per_cell_and_hour_as_running_totals_late_ones_too()
    {
        await using var town = await Town.CreateAsync(servers);
        var (here, there) = (await town.PlaceAsync(), await town.PlaceAsync(latitude: 31.5));
        var (anna, _) = town.Citizen();

        await town.CheckInAsync(anna, here);
        await town.CheckInAsync(anna, there, Town.Noon.AddDays(-2).AddMinutes(59));
        await Eventually.Async(() => town.Heard.Of<VisitsCounted>().Count() == 2);
        await town.CheckInAsync(town.Citizen().Account, here);
        await Eventually.Async(() => town.Heard.Of<VisitsCounted>().Count() == 3);

        town.Heard.Of<VisitsCounted>().Select(counted => (counted.Cell, counted.Hour, counted.Visits)).ShouldBe(
            [(here.Cell, Town.Noon, 1), (there.Cell, Town.Noon.AddDays(-2), 1), (here.Cell, Town.Noon, 2)], ignoreOrder: true);
    }

    [Fact]
    public async Task Two_replicas_count_every_visit_once()
    {
        await using var town = await Town.CreateAsync(servers);
        await using var second = town.Replica();
        var place = await town.PlaceAsync();
        _ = second.Server;

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => town.CheckInAsync(town.Citizen().Account, place)));

        await Eventually.Async(() => town.Heard.Of<VisitsCounted>().Any(counted => counted.Visits == 40));
        (await town.Database.ScalarAsync<int>("SELECT visits FROM visit_counts")).ShouldBe(40);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visit_marks")).ShouldBe(0);
    }
}

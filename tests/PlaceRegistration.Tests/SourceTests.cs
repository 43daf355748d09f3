using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Tracing;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>Where it came from, where it goes, and how severe: what officers ask a trace.</summary>
public sealed class SourceTests(CityServers servers)
{
    private static readonly DateTimeOffset Morning = Town.Noon.AddDays(-1).AddHours(-4);

    [Fact]
    public async Task An_exposure_shows_how_its_severity_was_reckoned()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var cellar = await town.PlaceAsync(PlaceType.Restaurant, ventilation: Ventilation.Poor);
        var ((anna, annaId), (ben, benId)) = (town.Citizen(), town.Citizen());
        await town.CheckInAsync(anna, cellar, Morning, Morning.AddMinutes(30));
        await town.CheckInAsync(ben, cellar, Morning.AddMinutes(10), Morning.AddMinutes(50));
        var confirmed = await town.ConfirmAsync(annaId);
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);

        var exposure = (await town.GetAsync<Page<ExposureView>>(officer, $"traces/{confirmed.CaseId}/exposures")).Items.ShouldHaveSingleItem();

        // 20 minutes beside Anna and 20 in her air at half weight, in a restaurant (1.5), badly aired (1.5).
        exposure.Reckoning.ShouldNotBeNull().WeightedMinutes.ShouldBe((20 + 10) * 1.5 * 1.5);
        exposure.Reckoning.Parts.ShouldBe([new ReckoningPart(ZoneRelation.Same, false, 1200, 1), new ReckoningPart(ZoneRelation.Same, true, 1200, 0.5)]);
        (exposure.Minutes, exposure.Severity, exposure.CitizenId).ShouldBe((40, ExposureSeverity.High, benId));
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Any());
        var told = town.Heard.Of<ExposureDetected>().ShouldHaveSingleItem();
        (told.Minutes, told.Severity, told.WeightedMinutes, told.Policy).ShouldBe((40, ExposureSeverity.High, 67.5, "weighted"));
    }

    [Fact]
    public async Task In_the_open_air_a_short_time_together_is_nothing()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var garden = await town.PlaceAsync(PlaceType.Other, ventilation: Ventilation.Open);
        var ((anna, annaId), (ben, _), (carl, carlId)) = (town.Citizen(), town.Citizen(), town.Citizen());
        await town.CheckInAsync(anna, garden, Morning, Morning.AddMinutes(30));
        // Nine minutes at a fifth are less than the two that count; ten are two. Nothing lingers outside.
        await town.CheckInAsync(ben, garden, Morning.AddMinutes(21), Morning.AddMinutes(90));
        await town.CheckInAsync(carl, garden, Morning.AddMinutes(20), Morning.AddMinutes(90));

        await town.ConfirmAsync(annaId);

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Any());
        var told = town.Heard.Of<ExposureDetected>().ShouldHaveSingleItem();
        (told.CitizenId, told.Minutes, told.WeightedMinutes, told.Severity).ShouldBe((carlId, 10, 2.0, ExposureSeverity.Low));
    }

    [Fact]
    public async Task Riders_of_a_bus_share_the_stops_that_they_rode_together()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var bus = await town.PlaceAsync(PlaceType.Transport, ventilation: Ventilation.Open);
        DateTimeOffset Stop(int number) => Morning.AddMinutes(12 * number);
        var (anna, annaId) = town.Citizen();
        await town.CheckInAsync(anna, bus, Stop(2), Stop(6));
        var expected = new List<(Guid, int)>();
        // Stops ridden from and until, and how many of Anna's are among them.
        foreach (var (on, off, shared) in new[] { (0, 2, 0), (0, 3, 1), (3, 5, 2), (0, 9, 4), (5, 9, 1), (6, 9, 0) })
        {
            var (account, citizenId) = town.Citizen();
            await town.CheckInAsync(account, bus, Stop(on), Stop(off));
            if (shared > 0) expected.Add((citizenId, 12 * shared));
        }

        var confirmed = await town.ConfirmAsync(annaId);

        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM exposures") == 4);
        await using var command = town.Database.Source.CreateCommand($"SELECT citizen_id, minutes FROM exposures WHERE case_id = '{confirmed.CaseId}'");
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(Guid, int)>();
        while (await reader.ReadAsync()) found.Add((reader.GetGuid(0), reader.GetInt32(1)));
        found.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task Backward_tracing_names_the_place_where_the_infector_was_met_and_how_many_others_were_there()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("open"));
        var (shop, school) = (await town.PlaceAsync(), await town.PlaceAsync(PlaceType.School));
        var ((anna, annaId), (ben, benId), (carl, carlId), (dora, _)) = (town.Citizen(), town.Citizen(), town.Citizen(), town.Citizen());
        foreach (var account in new[] { anna, ben, carl }) await town.CheckInAsync(account, shop, Morning, Morning.AddMinutes(60));
        foreach (var account in new[] { ben, dora }) await town.CheckInAsync(account, school, Morning.AddHours(2), Morning.AddHours(3));
        var annas = await town.ConfirmAsync(annaId);
        // Ben and Carl fell ill three days after they met Anna.
        var onset = Morning.AddDays(3);
        var bens = new CaseConfirmed(Guid.CreateVersion7(), benId, null, onset, onset.AddDays(-2), onset.AddDays(10), Town.Noon.AddDays(3));
        town.Clock.Advance(TimeSpan.FromDays(3));
        await town.PublishAsync(bens);
        await town.PublishAsync(new CaseConfirmed(Guid.CreateVersion7(), carlId, null, onset, onset.AddDays(-2), onset.AddDays(10), Town.Noon.AddDays(3)));
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);

        var backward = await town.GetAsync<BackwardView>(officer, $"traces/{bens.CaseId}/backward");

        (backward.From, backward.Until).ShouldBe((onset.AddDays(-5), onset.AddDays(-1)));
        backward.Places.Select(place => place.PlaceId).ShouldBe([shop.PlaceId, school.PlaceId]);
        var caught = backward.Places[0];
        (caught.Infectors.ShouldHaveSingleItem().CaseId, caught.Infectors[0].Minutes, caught.OtherCases, caught.People).ShouldBe((annas.CaseId, 60, 2, 2));
        (backward.Places[1].Infectors.Count, backward.Places[1].OtherCases, backward.Places[1].People).ShouldBe((0, 0, 1));
    }

    [Fact]
    public async Task Places_with_many_cases_are_clusters_by_a_threshold_of_their_type()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("open"));
        var (restaurant, shop, other) = (await town.PlaceAsync(PlaceType.Restaurant), await town.PlaceAsync(), await town.PlaceAsync());
        var people = Enumerable.Range(0, 3).Select(_ => town.Citizen()).ToArray();
        foreach (var (account, _) in people[..2])
        {
            await town.CheckInAsync(account, restaurant, Morning, Morning.AddMinutes(30));
            await town.CheckInAsync(account, shop, Morning, Morning.AddMinutes(30));
        }

        foreach (var (account, _) in people) await town.CheckInAsync(account, other, Morning.AddHours(2), Morning.AddHours(3));
        var cases = new List<CaseConfirmed>();
        foreach (var (_, citizenId) in people) cases.Add(await town.ConfirmAsync(citizenId));
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);

        var first = await town.GetAsync<Page<ClusterView>>(officer, "clusters?limit=1");
        var rest = await town.GetAsync<Page<ClusterView>>(officer, $"clusters?limit=1&after={first.Next}");
        first.Items.Concat(rest.Items).Select(cluster => (cluster.PlaceId, cluster.Cases, cluster.Threshold)).ShouldBe([(other.PlaceId, 3, 3), (restaurant.PlaceId, 2, 2)]);
        rest.Next.ShouldBeNull();

        await town.WithdrawAsync(cases[0]);
        (await town.GetAsync<Page<ClusterView>>(officer, "clusters")).Items.ShouldBeEmpty();
    }
}

using SmartCity.Testing;

namespace SmartCity.System.Tests;

/// <summary>Whatever dies between the report and the contact's code, the news arrives, once in effect.</summary>
public sealed class FaultTests(RunningCity city)
{
    [Theory]
    [InlineData("broker")]
    [InlineData("postgres")]
    [InlineData("health-code")]
    [InlineData("place-registration-1", "place-registration-2")]
    [InlineData("gateway-1", "gateway-2", "identity", "early-warning")]
    public async Task A_kill_delays_the_news_and_neither_loses_nor_doubles_it(params string[] victims)
    {
        using var neighbours = await Neighbours.MeetAsync(city.Open());

        await neighbours.ReportAsync();
        await Task.WhenAll(victims.Select(city.KillAsync));

        await neighbours.TurnsAsync(neighbours.Contact, "yellow");
        await city.HealthyAsync();
        var changes = await neighbours.HistoryAsync(neighbours.Contact);
        changes.Select(change => change["color"]!.GetValue<string>()).ShouldBe(["yellow", "green"]);
        (await neighbours.HistoryAsync(neighbours.Ill)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["red", "green"]);
    }

    [Fact]
    public async Task While_cases_arrive_service_database_and_broker_are_killed_and_every_exposure_is_there_once_in_effect()
    {
        var met = new List<Neighbours>();
        for (var pair = 0; pair < Pairs; pair++) met.Add(await Neighbours.MeetAsync(city.Open()));
        var officials = await Neighbours.StaffAsync(met[0].City);

        // Reports go on while one after the other dies; who gets no answer asks again, with the same number.
        var killing = Task.Run(async () =>
        {
            foreach (var victim in (string[])["place-registration-1", "postgres", "place-registration-2", "broker"]) await city.KillAsync(victim);
        });
        foreach (var pair in met)
        {
            var number = Guid.CreateVersion7();
            await Eventually.Async(async () => await pair.TryReportAsync(number), TimeSpan.FromMinutes(5), "the report is taken");
        }

        await killing;
        await city.HealthyAsync();
        foreach (var pair in met) await pair.TurnsAsync(pair.Contact, "yellow");

        var cases = await met[0].City.ListAsync("/health-code/v1/cases", officials.HealthOfficer, CancellationToken.None);
        foreach (var pair in met)
        {
            (await pair.HistoryAsync(pair.Contact)).Select(change => change["color"]!.GetValue<string>()).ShouldBe(["yellow", "green"]);
            var caseId = cases.Single(one => one["citizenId"]!.GetValue<Guid>() == pair.IllId)["caseId"]!.GetValue<Guid>();
            var exposures = await pair.City.ListAsync($"/place-registration/v1/traces/{caseId}/exposures", officials.HealthOfficer, CancellationToken.None);
            exposures.Count(exposure => exposure["placeId"]!.GetValue<Guid>() == pair.PlaceId && !exposure["withdrawn"]!.GetValue<bool>()).ShouldBe(1);
            var runs = await pair.City.ListAsync($"/place-registration/v1/traces/{caseId}/runs", officials.HealthOfficer, CancellationToken.None);
            var verified = await pair.City.GetAsync(
                $"/place-registration/v1/traces/{caseId}/runs/{runs.ShouldHaveSingleItem()["runId"]!.GetValue<Guid>()}/verification", officials.HealthOfficer, CancellationToken.None);
            verified!["reproduced"]!.GetValue<bool>().ShouldBeTrue();
            pair.Dispose();
        }
    }

    private const int Pairs = 6;
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;
using Color = SmartCity.HealthCode.Contracts.V1.CodeColor;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class ArrivalTests(CityServers servers)
{
    private const string Long = "00:10:00";

    [Fact]
    public async Task A_hundred_at_once_and_each_sent_twice_are_a_hundred_visits_in_few_commits()
    {
        await using var town = await Town.CreateAsync(servers);
        await using var second = town.Replica();
        var place = await town.PlaceAsync(capacity: 1000);
        var people = Enumerable.Range(0, 100).Select(_ => (town.Citizen().Account, Key: Guid.CreateVersion7())).ToArray();
        await town.CheckInAsync(town.Citizen().Account, place);
        var before = await town.Database.ScalarAsync<long>("SELECT count(DISTINCT xmin::text) FROM visits");

        var answers = await Task.WhenAll(people.Concat(people).Select(one => town.CheckInAsync(one.Account, place, key: one.Key)));

        answers.ShouldAllBe(answer => answer.Decision == CheckInDecision.Admitted);
        answers.Select(answer => answer.VisitId).Distinct().Count().ShouldBe(100);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(101);
        (await town.Database.ScalarAsync<long>("SELECT count(DISTINCT xmin::text) FROM visits") - before).ShouldBeLessThan(100);
    }

    [Fact]
    public async Task A_remembered_code_admits_until_news_of_its_change_in_every_replica()
    {
        await using var town = await Town.CreateAsync(servers, ("Visits:StatusLifetime", Long));
        await using var second = town.Replica();
        var place = await town.PlaceAsync();
        var (anna, citizenId) = town.Citizen();
        await town.CheckInAsync(anna, place);
        await CheckInAsync(second, anna, place, town);
        town.Office.Asked.Count.ShouldBe(2);
        await town.CheckInAsync(anna, place);
        await CheckInAsync(second, anna, place, town);
        town.Office.Asked.Count.ShouldBe(2, "each replica remembers");

        town.Office.Paint(anna, Color.Red);
        (await town.CheckInAsync(anna, place)).Decision.ShouldBe(CheckInDecision.Admitted, "no news yet");
        var changed = new HealthCodeChanged(citizenId, CodeColor.Green, CodeColor.Red, null, 2, Town.Noon.AddDays(7), Town.Noon);
        await (await town.App.Services.ListeningBusAsync()).Publish(changed);
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM changed_codes") == 1);

        (await town.CheckInAsync(anna, place)).Reason.ShouldBe("refused_red");
        (await CheckInAsync(second, anna, place, town)).Reason.ShouldBe("refused_red");

        // Older news that arrives later changes nothing.
        await (await town.App.Services.ListeningBusAsync()).Publish(changed with { Version = 1, To = CodeColor.Green });
        town.Office.Paint(anna, Color.Green);
        await (await town.App.Services.ListeningBusAsync()).Publish(changed with { Version = 3, To = CodeColor.Green });
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT version FROM changed_codes") == 3);
        town.Clock.Advance(TimeSpan.FromMinutes(10));
        (await town.CheckInAsync(anna, place)).Decision.ShouldBe(CheckInDecision.Admitted);
    }

    [Fact]
    public async Task A_remembered_code_ends_with_its_validity_and_lets_in_while_the_health_department_is_away()
    {
        await using var town = await Town.CreateAsync(servers, ("Visits:StatusLifetime", Long));
        town.Office.ValidUntil = Town.Noon.AddMinutes(5);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        await town.CheckInAsync(anna, place);

        town.Office.Fault = Grpc.Core.StatusCode.Unavailable;
        town.Clock.Advance(TimeSpan.FromMinutes(4));
        (await town.CheckInAsync(anna, place)).Decision.ShouldBe(CheckInDecision.Admitted);
        town.Clock.Advance(TimeSpan.FromMinutes(2));
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code), HttpStatusCode.ServiceUnavailable)).Code.ShouldBe("health_code_unavailable");
    }

    [Fact]
    public async Task A_repeated_scan_is_the_same_visit_and_one_elsewhere_ends_it()
    {
        await using var town = await Town.CreateAsync(servers);
        var (market, campus) = (await town.PlaceAsync(), await town.PlaceAsync(PlaceType.School));
        var room = await town.PlaceAsync(PlaceType.School, partOf: campus.PlaceId);
        var (anna, _) = town.Citizen();

        var first = await town.CheckInAsync(anna, market);
        town.Clock.Advance(TimeSpan.FromMinutes(30));
        var again = await town.CheckInAsync(anna, market);
        (again.VisitId, again.Reason).ShouldBe((first.VisitId, "admitted_before"));
        town.Clock.Advance(TimeSpan.FromMinutes(10));
        var study = await town.CheckInAsync(anna, campus);
        await town.CheckInAsync(anna, room);

        using var client = town.App.As(anna, Roles.Citizen);
        var visits = (await town.GetAsync<Page<VisitView>>(client, "me/visits")).Items.ToDictionary(visit => visit.PlaceId);
        visits.Count.ShouldBe(3);
        visits[market.PlaceId].LeftAt.ShouldBe(Town.Noon.AddMinutes(40));
        visits[campus.PlaceId].LeftAt.ShouldBeNull("who enters a room stays in the building");
        visits[campus.PlaceId].VisitId.ShouldBe(study.VisitId!.Value);
        using var owner = town.Owner();
        (await town.GetAsync<Occupancy>(owner, $"places/{campus.PlaceId}/occupancy")).Visitors.ShouldBe(1);
        (await town.GetAsync<Occupancy>(owner, $"places/{market.PlaceId}/occupancy")).Visitors.ShouldBe(0);
    }

    [Fact]
    public async Task A_retry_of_an_old_check_in_does_not_call_anybody_back()
    {
        await using var town = await Town.CreateAsync(servers);
        var (market, school) = (await town.PlaceAsync(), await town.PlaceAsync(PlaceType.School));
        var ((anna, _), key) = (town.Citizen(), Guid.CreateVersion7());
        var first = await town.CheckInAsync(anna, market, key: key);
        await town.CheckInAsync(anna, school);

        (await town.CheckInAsync(anna, market, key: key)).VisitId.ShouldBe(first.VisitId);

        (await town.Database.ScalarAsync<long>($"SELECT count(*) FROM visits WHERE is_open AND place_id = '{school.PlaceId}'")).ShouldBe(1);
    }

    [Fact]
    public async Task Rules_ask_for_a_test_for_room_and_for_masks()
    {
        await using var town = await Town.CreateAsync(
            servers, ("Visits:StatusLifetime", Long), ("Admission:Types:event:WithoutTest", "refuse"), ("Admission:Types:event:TestWithinHours", "48"), ("Admission:Types:event:Masks", "true"));
        var hall = await town.PlaceAsync(PlaceType.Event, capacity: 2);
        var ((anna, annaId), (ben, benId), (carl, carlId)) = (town.Citizen(), town.Citizen(), town.Citizen());

        (await town.CheckInAsync(anna, hall)).Reason.ShouldBe("refused_test_missing");
        town.Office.Samples[annaId] = Town.Noon.AddHours(-49);
        (await town.CheckInAsync(anna, hall)).Reason.ShouldBe("refused_test_missing");
        foreach (var id in new[] { annaId, benId, carlId }) town.Office.Samples[id] = Town.Noon.AddHours(-47);
        var admitted = await town.CheckInAsync(anna, hall);
        (admitted.Decision, admitted.Notices.Single().Code).ShouldBe((CheckInDecision.Admitted, "notice_mask"));
        var bens = await town.CheckInAsync(ben, hall);
        (await town.CheckInAsync(carl, hall)).Reason.ShouldBe("refused_full");
        // Who is inside scans once more, from another counter or after losing the answer.
        (await town.CheckInAsync(ben, hall)).VisitId.ShouldBe(bens.VisitId);

        town.Clock.Advance(TimeSpan.FromSeconds(20));
        (await town.CheckInAsync(carl, hall)).Reason.ShouldBe("refused_full");
        using var officer = town.Officer();
        (await town.GetAsync<CrowdedPlace[]>(officer, "crowded-places")).Single().ShouldBe(new CrowdedPlace(hall.PlaceId, hall.Name, 2, 2, Town.Noon.AddSeconds(20)));
        await town.CheckOutAsync(ben, bens.VisitId!.Value);
        town.Clock.Advance(TimeSpan.FromSeconds(2));
        (await town.CheckInAsync(carl, hall)).Decision.ShouldBe(CheckInDecision.Admitted);
    }

    [Fact]
    public async Task A_gate_reads_cards_and_staff_enter_groups_and_paper_lists()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync(capacity: 1000);
        var ((anna, _), (ben, _), (carl, _)) = (town.Citizen(), town.Citizen(), town.Citizen(Color.Red));
        (town.Office.Cards["11010519491231002X"], town.Office.Cards["440524188001010014"]) = (anna, carl);
        using var staff = town.Owner();

        var card = await town.SendAsync<CheckInAnswer>(staff, HttpMethod.Post, $"places/{place.PlaceId}/visitors", new ScanRequest(CitizenNumber: "11010519491231002X"));
        (card.Decision, card.VisitId).ShouldBe((CheckInDecision.Admitted, null));
        (await town.SendAsync<Problem>(staff, HttpMethod.Post, $"places/{place.PlaceId}/visitors", new ScanRequest(), HttpStatusCode.BadRequest)).Code.ShouldBe("person_missing");

        var key = Guid.CreateVersion7();
        var group = new VisitorList(ListKind.Group, [new VisitorLine($"code of {ben}"), new VisitorLine(CitizenNumber: "440524188001010014"), new VisitorLine("a forgery"), new VisitorLine()]);
        for (var time = 0; time < 2; time++)
        {
            (await town.SendAsync<VisitorListAnswer>(staff, HttpMethod.Post, $"places/{place.PlaceId}/visitor-lists", group, key: key)).Visitors
                .Select(line => (line.Outcome, line.Reason)).ShouldBe(
                [
                    (StayOutcome.Recorded, time == 0 ? "admitted" : "admitted_before"), (StayOutcome.Refused, "refused_red"), (StayOutcome.Rejected, "credential_invalid"),
                    (StayOutcome.Rejected, "person_missing"),
                ]);
        }

        var paper = new VisitorList(ListKind.PaperList, [.. Enumerable.Range(1, 150).Select(n => new VisitorLine($"code of {ben}", At: Town.Noon.AddHours(-n), Until: Town.Noon.AddHours(-n).AddMinutes(9)))]);
        await town.SendAsync<VisitorListAnswer>(staff, HttpMethod.Post, $"places/{place.PlaceId}/visitor-lists", paper);
        (await town.Database.ScalarAsync<string>("SELECT string_agg(source || ':' || n, ' ' ORDER BY source) FROM (SELECT source, count(*) AS n FROM visits GROUP BY 1) AS s"))
            .ShouldBe($"{(int)VisitSource.IdCard}:1 {(int)VisitSource.Group}:1 {(int)VisitSource.PaperList}:150");

        using var officer = town.Officer();
        var sample = (await town.GetAsync<Page<SampleView>>(officer, "truth-samples")).Items;
        sample.Count.ShouldBeInRange(1, 40);
        (await town.SendAsync<SampleView>(officer, HttpMethod.Put, $"truth-samples/{sample[0].VisitId}", new TruthNote(false))).IsTrue.ShouldBe(false);
        (await town.GetAsync<Page<SampleView>>(officer, "truth-samples")).Items.Count.ShouldBe(sample.Count - 1);
    }

    [Fact]
    public async Task Passengers_are_aboard_from_stop_to_stop_and_only_who_shared_the_way_met()
    {
        await using var town = await Town.CreateAsync(servers);
        var bus = await town.PlaceAsync(PlaceType.Transport);
        using var owner = town.Owner();
        var stops = Enumerable.Range(0, 5).Select(n => new Stop($"Stop {n}", Town.Noon.AddMinutes(10 * n))).ToArray();
        var trip = await town.SendAsync<TripView>(owner, HttpMethod.Post, $"places/{bus.PlaceId}/trips", new TripRequest("49", stops));
        var ((ill, illId), (before, _), (with, withId)) = (town.Citizen(), town.Citizen(), town.Citizen());

        var early = await town.CheckInAsync(before, bus);
        town.Clock.Advance(TimeSpan.FromMinutes(10));
        await town.CheckOutAsync(before, early.VisitId!.Value);
        town.Clock.Advance(TimeSpan.FromMinutes(1));
        await town.CheckInAsync(ill, bus);
        town.Clock.Advance(TimeSpan.FromMinutes(10));
        var late = await town.CheckInAsync(with, bus);
        town.Clock.Advance(TimeSpan.FromMinutes(15));
        using var client = town.App.As(with, Roles.Citizen);
        var ride = await town.SendAsync<VisitView>(client, HttpMethod.Post, $"check-ins/{late.VisitId}/check-out", new CheckOutRequest(Stop: 3));
        (ride.TripId, ride.BoardedAtStop, ride.LeftAtStop, ride.LeftAt).ShouldBe((trip.TripId, (short?)2, (short?)3, stops[3].At));
        (await town.CheckInAsync<Problem>(before, new CheckInRequest(bus.Code, Stop: 4), HttpStatusCode.BadRequest)).Code.ShouldBe("stop_invalid");

        await town.ConfirmAsync(illId);
        (await town.Database.ScalarAsync<Guid>("SELECT citizen_id FROM exposures WHERE NOT withdrawn")).ShouldBe(withId);
    }

    [Fact]
    public async Task On_a_late_bus_the_stops_say_who_shared_the_way()
    {
        await using var town = await Town.CreateAsync(servers);
        var bus = await town.PlaceAsync(PlaceType.Transport);
        using var owner = town.Owner();
        var stops = Enumerable.Range(0, 5).Select(n => new Stop($"Stop {n}", Town.Noon.AddMinutes(10 * n))).ToArray();
        await town.SendAsync<TripView>(owner, HttpMethod.Post, $"places/{bus.PlaceId}/trips", new TripRequest("49", stops));
        var ((ill, illId), (with, withId), (after, _)) = (town.Citizen(), town.Citizen(), town.Citizen());

        // Twenty minutes late: the clock says that one got off before the other got on; the stops say that both rode from the second to the third.
        var sick = await town.CheckInAsync<CheckInAnswer>(ill, new CheckInRequest(bus.Code, Stop: 0), HttpStatusCode.OK);
        town.Clock.Advance(TimeSpan.FromMinutes(30));
        var ride = await town.CheckInAsync<CheckInAnswer>(with, new CheckInRequest(bus.Code, Stop: 1), HttpStatusCode.OK);
        town.Clock.Advance(TimeSpan.FromMinutes(10));
        await town.CheckInAsync<CheckInAnswer>(after, new CheckInRequest(bus.Code, Stop: 2), HttpStatusCode.OK);
        using var client = town.App.As(ill, Roles.Citizen);
        await town.SendAsync<VisitView>(client, HttpMethod.Post, $"check-ins/{sick.VisitId}/check-out", new CheckOutRequest(Stop: 2));
        ride.ArrivedAt.ShouldBe(stops[1].At);

        await town.ConfirmAsync(illId);
        (await town.Database.ScalarAsync<string>("SELECT citizen_id || ' ' || minutes FROM exposures WHERE NOT withdrawn")).ShouldBe($"{withId} 10");
    }

    [Fact]
    public async Task A_plate_is_kept_sealed_and_its_passengers_are_visits_of_the_checkpoint()
    {
        await using var town = await Town.CreateAsync(servers);
        var checkpoint = await town.PlaceAsync();
        var ((anna, annaId), (ben, _)) = (town.Citizen(), town.Citizen());
        using var staff = town.Owner();
        var read = await town.SendAsync<PlateAnswer>(staff, HttpMethod.Post, $"places/{checkpoint.PlaceId}/plate-reads", new PlateRequest("沪A·12345", Town.Noon.AddMinutes(-30)));

        var passengers = new PassengerList([new VisitorLine($"code of {anna}"), new VisitorLine($"code of {ben}"), new VisitorLine("a forgery")]);
        for (var time = 0; time < 2; time++)
            (await town.SendAsync<VisitorListAnswer>(staff, HttpMethod.Post, $"plate-reads/{read.PlateReadId}/passengers", passengers)).Visitors.Count(line => line.Outcome == StayOutcome.Recorded).ShouldBe(2);

        (await town.Database.ScalarAsync<DateTime>($"SELECT arrived_at FROM visits WHERE citizen_id = '{annaId}'")).ShouldBe(Town.Noon.AddMinutes(-30).UtcDateTime);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(2);
        (await town.Database.ScalarAsync<bool>("SELECT position('12345'::bytea IN sealed_plate) > 0 FROM plate_reads")).ShouldBeFalse();
    }

    private static async Task<CheckInAnswer> CheckInAsync(CityApp<Program> replica, Guid account, OwnPlace place, Town town)
    {
        using var client = replica.As(account, Roles.Citizen);
        return await town.SendAsync<CheckInAnswer>(client, HttpMethod.Post, "check-ins", new CheckInRequest(place.Code));
    }
}

using System.Net;
using Grpc.Core;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;
using Color = SmartCity.HealthCode.Contracts.V1.CodeColor;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class LateVisitTests(CityServers servers)
{
    [Fact]
    public async Task A_past_visit_is_recorded_whatever_the_colour_and_marked_as_late()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen(Color.Red);

        var answer = await town.CheckInAsync(anna, place, Town.Noon.AddDays(-3), Town.Noon.AddDays(-3).AddHours(1));

        (answer.Decision, answer.Reason, answer.IsLate).ShouldBe((CheckInDecision.Recorded, "recorded_late", true));
        using var client = town.App.As(anna, Roles.Citizen);
        var visit = (await town.GetAsync<Page<VisitView>>(client, "me/visits")).Items.ShouldHaveSingleItem();
        (visit.ArrivedAt, visit.LeftAt, visit.IsLate).ShouldBe((Town.Noon.AddDays(-3), Town.Noon.AddDays(-3).AddHours(1), true));
    }

    [Fact]
    public async Task Times_out_of_bounds_are_problems_with_the_field_that_is_wrong()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();

        var old = await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code, At: Town.Noon.AddDays(-15)), HttpStatusCode.BadRequest);
        var reversed = await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code, At: Town.Noon.AddHours(-1), Until: Town.Noon.AddHours(-2)), HttpStatusCode.BadRequest);

        (old.Code, old.Errors.ShouldNotBeNull()[0].Field).ShouldBe(("visit_too_old", "at"));
        (reversed.Code, reversed.Errors.ShouldNotBeNull()[0].Field).ShouldBe(("stay_reversed", "until"));
    }

    [Fact]
    public async Task A_time_with_an_offset_is_the_same_moment_in_UTC()
    {
        await using var town = await Town.CreateAsync(servers);
        var (anna, _) = town.Citizen();
        var at = new DateTimeOffset(2026, 3, 4, 18, 0, 0, TimeSpan.FromHours(8));

        var answer = await town.CheckInAsync(anna, await town.PlaceAsync(), at);

        answer.ArrivedAt.ShouldBe(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_batch_is_answered_line_by_line_and_asks_the_health_department_once()
    {
        await using var town = await Town.CreateAsync(servers);
        var (shop, hospital) = (await town.PlaceAsync(), await town.PlaceAsync(PlaceType.Hospital));
        var (anna, _) = town.Citizen(Color.Yellow);
        var past = Town.Noon.AddDays(-1);
        StayLine Line(Guid place, DateTimeOffset at, DateTimeOffset? until = null) => new(Guid.CreateVersion7(), place, at, until);

        var answer = await town.HandInAsync(
            anna,
            Line(shop.PlaceId, past, past.AddHours(1)),
            Line(shop.PlaceId, Town.Noon),
            Line(hospital.PlaceId, Town.Noon),
            Line(Guid.CreateVersion7(), past),
            Line(shop.PlaceId, past.AddDays(-30)));

        answer.Stays.Select(stay => (stay.Outcome, stay.Reason)).ShouldBe(
        [
            (StayOutcome.Recorded, "recorded_late"), (StayOutcome.Refused, "refused_yellow"), (StayOutcome.Recorded, "admitted_with_care"),
            (StayOutcome.Rejected, "place_unknown"), (StayOutcome.Rejected, "visit_too_old"),
        ]);
        town.Office.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_sent_again_in_another_order_records_nothing_new()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        StayLine[] stays =
        [
            .. Enumerable.Range(1, 200).Select(n => new StayLine(Guid.CreateVersion7(), place.PlaceId, Town.Noon.AddHours(-n), Town.Noon.AddHours(-n).AddMinutes(50))),
        ];

        var first = await town.HandInAsync(anna, stays[..150]);
        var again = await town.HandInAsync(anna, [.. stays.Reverse()]);

        again.Stays.Reverse().Take(150).Select(stay => stay.VisitId).ShouldBe(first.Stays.Select(stay => stay.VisitId));
        again.Stays.ShouldAllBe(stay => stay.Outcome == StayOutcome.Recorded);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(200);
    }

    [Fact]
    public async Task One_key_twice_in_a_batch_is_one_visit_and_for_another_place_a_mistake()
    {
        await using var town = await Town.CreateAsync(servers);
        var (one, other) = (await town.PlaceAsync(), await town.PlaceAsync());
        var (anna, _) = town.Citizen();
        var (key, at) = (Guid.CreateVersion7(), Town.Noon.AddHours(-5));

        var answer = await town.HandInAsync(
            anna, new StayLine(key, one.PlaceId, at), new StayLine(key, one.PlaceId, at), new StayLine(key, other.PlaceId, at), new StayLine(Guid.Empty, one.PlaceId, at));

        answer.Stays[0].VisitId.ShouldNotBeNull();
        answer.Stays[1].VisitId.ShouldBe(answer.Stays[0].VisitId);
        answer.Stays[2].Reason.ShouldBe("idempotency_key_reused");
        answer.Stays[3].Reason.ShouldBe("idempotency_key_missing");
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(1);
    }

    [Fact]
    public async Task Known_persons_hand_in_past_stays_while_the_health_department_is_away()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        await town.CheckInAsync(anna, place);
        town.Office.Fault = StatusCode.Unavailable;

        (await town.CheckInAsync(anna, place, Town.Noon.AddHours(-3))).Decision.ShouldBe(CheckInDecision.Recorded);
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code), HttpStatusCode.ServiceUnavailable)).Code.ShouldBe("health_code_unavailable");
    }

    [Fact]
    public async Task Visits_are_read_newest_first_page_by_page()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        // Two at the same moment: the cursor must not lose one between pages.
        DateTimeOffset[] arrivals = [.. Enumerable.Range(1, 6).Select(n => Town.Noon.AddDays(-n)), Town.Noon.AddDays(-2)];
        await town.HandInAsync(anna, [.. arrivals.Select(at => new StayLine(Guid.CreateVersion7(), place.PlaceId, at))]);
        using var client = town.App.As(anna, Roles.Citizen);

        var read = new List<DateTimeOffset>();
        for (var next = ""; next is not null;)
        {
            var page = await town.GetAsync<Page<VisitView>>(client, $"me/visits?limit=2{(next.Length > 0 ? $"&after={next}" : "")}");
            read.AddRange(page.Items.Select(visit => visit.ArrivedAt));
            next = page.Next;
        }

        read.ShouldBe(arrivals.OrderDescending());
        // A UUID of a time beyond all calendars.
        (await town.GetAsync<Problem>(client, "me/visits?after=ffffffff-ffff-7fff-bfff-ffffffffffff", HttpStatusCode.BadRequest)).Code.ShouldBe("cursor_invalid");
    }
}

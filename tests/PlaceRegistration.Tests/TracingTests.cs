using System.Net;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.PlaceRegistration.Features.Tracing;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class TracingTests(CityServers servers)
{
    private static readonly DateTimeOffset Morning = Town.Noon.AddDays(-1).AddHours(-4);

    [Fact]
    public async Task An_exposure_lasts_as_long_as_both_were_there_while_the_case_was_infectious()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, annaId) = town.Citizen();
        await town.CheckInAsync(anna, place, Morning, Morning.AddMinutes(60));
        var expected = new List<(Guid, int, DateTimeOffset, DateTimeOffset)>();
        // Anna is there from minute 0 to 60 and infectious from 10 to 50; the others from and until these minutes.
        foreach (var (from, until, minutes) in new[]
        {
            (20, 40, 20), (0, 60, 40), (-30, 90, 40), (-30, 11, 1), (49, 90, 1), (-30, 10, 0), (50, 90, 0), (-30, 0, 0), (60, 90, 0),
        })
        {
            var (account, citizenId) = town.Citizen();
            await town.CheckInAsync(account, place, Morning.AddMinutes(from), Morning.AddMinutes(until));
            if (minutes > 0) expected.Add((citizenId, minutes, Morning.AddMinutes(Math.Max(from, 10)), Morning.AddMinutes(Math.Min(until, 50))));
        }

        var confirmed = await town.ConfirmAsync(annaId, Morning.AddMinutes(10), Morning.AddMinutes(50));

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == expected.Count);
        town.Heard.Of<ExposureDetected>().Select(e => (e.CitizenId, e.Minutes, e.From, e.Until)).ShouldBe(expected, ignoreOrder: true);
        town.Heard.Of<ExposureDetected>().ShouldAllBe(e => e.CaseId == confirmed.CaseId && e.PlaceId == place.PlaceId && e.Cell == place.Cell);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM exposures")).ShouldBe(expected.Count);
    }

    [Fact]
    public async Task Split_and_overlapping_stays_are_one_time_together()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, _)) = (town.Citizen(), town.Citizen());
        await town.CheckInAsync(anna, place, Morning, Morning.AddMinutes(60));
        await town.CheckInAsync(anna, place, Morning.AddMinutes(50), Morning.AddMinutes(70));
        foreach (var (from, until) in new[] { (0, 10), (5, 20), (40, 45), (55, 80) })
            await town.CheckInAsync(ben, place, Morning.AddMinutes(from), Morning.AddMinutes(until));

        await town.ConfirmAsync(annaId);

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Any());
        var exposure = town.Heard.Of<ExposureDetected>().ShouldHaveSingleItem();
        (exposure.Minutes, exposure.From, exposure.Until).ShouldBe((20 + 5 + 15, Morning, Morning.AddMinutes(70)));
    }

    [Fact]
    public async Task A_visit_handed_in_after_the_case_was_traced_still_finds_its_exposure()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, benId), (carl, carlId)) = (town.Citizen(), town.Citizen(), town.Citizen());
        await town.CheckInAsync(ben, place, Morning, Morning.AddMinutes(30));
        await town.ConfirmAsync(annaId);

        await town.CheckInAsync(anna, place, Morning.AddMinutes(10), Morning.AddMinutes(60));
        await town.CheckInAsync(carl, place, Morning.AddMinutes(50), Morning.AddMinutes(90));

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        town.Heard.Of<ExposureDetected>().Select(e => (e.CitizenId, e.Minutes)).ShouldBe([(benId, 20), (carlId, 10)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_longer_stay_changes_the_exposure_and_the_later_event_says_so()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, _)) = (town.Citizen(), town.Citizen());
        await town.CheckInAsync(anna, place, Morning, Morning.AddMinutes(60));
        await town.CheckInAsync(ben, place, Morning, Morning.AddMinutes(10));
        await town.ConfirmAsync(annaId);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Any());

        await town.CheckInAsync(ben, place, Morning.AddMinutes(30), Morning.AddMinutes(45));

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        ExposureDetected[] events = [.. town.Heard.Of<ExposureDetected>().OrderBy(e => e.DetectedAt)];
        events.Select(e => e.Minutes).ShouldBe([10, 25]);
        events[1].ExposureId.ShouldBe(events[0].ExposureId);
        // The clock stood still, and still one is later.
        events[1].DetectedAt.ShouldBeGreaterThan(events[0].DetectedAt);
    }

    [Fact]
    public async Task A_check_out_shortens_the_exposure_or_ends_it()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, benId), (carl, carlId)) = (town.Citizen(), town.Citizen(), town.Citizen());
        var bens = await town.CheckInAsync(ben, place);
        town.Clock.Advance(TimeSpan.FromMinutes(30));
        await town.CheckInAsync(anna, place);
        var carls = await town.CheckInAsync(carl, place);
        town.Clock.Advance(TimeSpan.FromMinutes(30));
        await town.ConfirmAsync(annaId);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        // Nobody has left: all are taken to stay until the time-out of a shop, two hours after they came.
        town.Heard.Of<ExposureDetected>().Select(e => (e.CitizenId, e.Minutes)).ShouldBe([(benId, 90), (carlId, 120)], ignoreOrder: true);

        await town.CheckOutAsync(ben, bens.VisitId!.Value, Town.Noon.AddMinutes(30));
        await town.CheckOutAsync(carl, carls.VisitId!.Value, Town.Noon.AddMinutes(45));

        await Eventually.Async(() => town.Heard.Events.Count(e => e is ExposureDetected or ExposureWithdrawn) == 4);
        town.Heard.Of<ExposureWithdrawn>().ShouldHaveSingleItem().CitizenId.ShouldBe(benId);
        var last = town.Heard.Of<ExposureDetected>().Last();
        (last.CitizenId, last.Minutes).ShouldBe((carlId, 15));
    }

    [Fact]
    public async Task A_check_out_of_the_case_shortens_what_others_shared_with_them()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, _)) = (town.Citizen(), town.Citizen());
        var annas = await town.CheckInAsync(anna, place);
        await town.CheckInAsync(ben, place);
        await town.ConfirmAsync(annaId);

        town.Clock.Advance(TimeSpan.FromMinutes(7));
        await town.CheckOutAsync(anna, annas.VisitId!.Value);

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        town.Heard.Of<ExposureDetected>().Select(e => e.Minutes).ShouldBe([120, 7]);
    }

    [Fact]
    public async Task Withdrawing_a_case_withdraws_every_exposure_and_no_later_visit_brings_one_back()
    {
        await using var town = await Town.CreateAsync(servers);
        var (shop, school) = (await town.PlaceAsync(), await town.PlaceAsync(PlaceType.School));
        var ((anna, annaId), (ben, benId), (carl, carlId)) = (town.Citizen(), town.Citizen(), town.Citizen());
        foreach (var (account, place) in new[] { (anna, shop), (ben, shop), (anna, school), (carl, school) })
            await town.CheckInAsync(account, place, Morning, Morning.AddMinutes(30));
        var confirmed = await town.ConfirmAsync(annaId);

        await town.WithdrawAsync(confirmed);
        await town.CheckInAsync(ben, school, Morning, Morning.AddMinutes(30));

        await Eventually.Async(() => town.Heard.Of<ExposureWithdrawn>().Count() == 2);
        var detected = town.Heard.Of<ExposureDetected>().ToDictionary(e => e.ExposureId);
        foreach (var withdrawn in town.Heard.Of<ExposureWithdrawn>())
        {
            var before = detected[withdrawn.ExposureId];
            (withdrawn.CaseId, withdrawn.CitizenId, withdrawn.Cell, withdrawn.From).ShouldBe((before.CaseId, before.CitizenId, before.Cell, before.From));
            withdrawn.WithdrawnAt.ShouldBeGreaterThan(before.DetectedAt);
        }

        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM exposures WHERE NOT withdrawn")).ShouldBe(0);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM exposures")).ShouldBe(2);
    }

    [Fact]
    public async Task A_withdrawal_that_arrives_first_leaves_the_confirmation_nothing_to_do()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, _)) = (town.Citizen(), town.Citizen());
        await town.CheckInAsync(anna, place, Morning, Morning.AddMinutes(30));
        await town.CheckInAsync(ben, place, Morning, Morning.AddMinutes(30));
        var caseId = Guid.CreateVersion7();

        await town.PublishAsync(new CaseWithdrawn(caseId, annaId, null, Town.Noon, Town.Noon));
        await town.ConfirmAsync(annaId, caseId: caseId);

        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM exposures")).ShouldBe(0);
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);
        var trace = await town.GetAsync<TraceView>(officer, $"traces/{caseId}");
        (trace.WithdrawnAt, trace.TracedAt, trace.Contacts).ShouldBe((Town.Noon, null, 0));
    }

    [Fact]
    public async Task A_confirmation_that_comes_twice_is_traced_once_and_a_later_one_corrects_the_period()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, _)) = (town.Citizen(), town.Citizen());
        await town.CheckInAsync(anna, place, Morning, Morning.AddMinutes(60));
        await town.CheckInAsync(ben, place, Morning, Morning.AddMinutes(60));
        var confirmed = await town.ConfirmAsync(annaId);

        await town.PublishAsync(confirmed);
        await town.PublishAsync(confirmed with { ConfirmedAt = confirmed.ConfirmedAt.AddHours(1), InfectiousFrom = Morning.AddMinutes(45) });
        await town.PublishAsync(confirmed);

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        town.Heard.Of<ExposureDetected>().Select(e => e.Minutes).ShouldBe([60, 15]);
        await town.PublishAsync(confirmed with { ConfirmedAt = confirmed.ConfirmedAt.AddHours(2), InfectiousFrom = Town.Noon });
        await Eventually.Async(() => town.Heard.Of<ExposureWithdrawn>().Count() == 1);
    }

    [Fact]
    public async Task Two_cases_who_met_are_each_others_contacts()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, benId)) = (town.Citizen(), town.Citizen());
        await town.CheckInAsync(anna, place, Morning, Morning.AddMinutes(60));
        await town.CheckInAsync(ben, place, Morning, Morning.AddMinutes(60));

        var (annas, bens) = (await town.ConfirmAsync(annaId), await town.ConfirmAsync(benId));

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        town.Heard.Of<ExposureDetected>().Select(e => (e.CaseId, e.CitizenId)).ShouldBe([(annas.CaseId, benId), (bens.CaseId, annaId)], ignoreOrder: true);
    }

    [Fact]
    public async Task An_officer_sees_counts_and_then_contacts_and_each_contact_sees_who_looked()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, benId), (carl, _)) = (town.Citizen(), town.Citizen(), town.Citizen());
        await town.CheckInAsync(anna, place, Morning, Morning.AddMinutes(60));
        foreach (var account in new[] { ben, carl }) await town.CheckInAsync(account, place, Morning, Morning.AddMinutes(60));
        var confirmed = await town.ConfirmAsync(annaId);
        var officerId = Guid.CreateVersion7();
        using var officer = town.App.As(officerId, Roles.HealthOfficer);
        using var bensPhone = town.App.As(ben, Roles.Citizen);

        var trace = await town.GetAsync<TraceView>(officer, $"traces/{confirmed.CaseId}");
        (trace.TracedAt, trace.Places, trace.Contacts, trace.WithdrawnAt).ShouldBe((Town.Noon, 1, 2, null));
        (await town.GetAsync<Page<AccessView>>(bensPhone, "me/accesses")).Items.ShouldBeEmpty();
        var page = await town.GetAsync<Page<ExposureView>>(officer, $"traces/{confirmed.CaseId}/exposures?limit=1");
        var rest = await town.GetAsync<Page<ExposureView>>(officer, $"traces/{confirmed.CaseId}/exposures?limit=1&after={page.Next}");

        page.Items.Concat(rest.Items).Select(exposure => exposure.Minutes).ShouldBe([60, 60]);
        rest.Next.ShouldBeNull();
        page.Items.Concat(rest.Items).ShouldContain(exposure => exposure.CitizenId == benId);
        (await town.GetAsync<Page<AccessView>>(bensPhone, "me/accesses")).Items.ShouldHaveSingleItem().OfficerId.ShouldBe(officerId);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM looks")).ShouldBe(3);
        (await town.GetAsync<Problem>(officer, $"traces/{Guid.CreateVersion7()}", HttpStatusCode.NotFound)).Code.ShouldBe("case_unknown");
        (await town.GetAsync<Problem>(officer, $"traces/{confirmed.CaseId}/exposures?after=x", HttpStatusCode.BadRequest)).Code.ShouldBe("cursor_invalid");
    }
}

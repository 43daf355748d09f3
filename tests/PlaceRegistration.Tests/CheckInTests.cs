using System.Net;
using Grpc.Core;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;
using Color = SmartCity.HealthCode.Contracts.V1.CodeColor;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class CheckInTests(CityServers servers)
{
    [Fact]
    public async Task A_green_code_is_admitted_and_the_visit_is_the_citizens_own()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();

        var answer = await town.CheckInAsync(anna, place);

        (answer.Decision, answer.Reason, answer.IsLate, answer.ArrivedAt).ShouldBe((CheckInDecision.Admitted, "admitted", false, Town.Noon));
        using var client = town.App.As(anna, Roles.Citizen);
        var visit = (await town.GetAsync<Page<VisitView>>(client, "me/visits")).Items.ShouldHaveSingleItem();
        visit.ShouldBe(new VisitView(answer.VisitId!.Value, place.PlaceId, place.Name, Town.Noon, null, Town.Noon.AddHours(2), false));
    }

    [Fact]
    public async Task The_health_department_is_asked_with_the_services_own_token_and_why()
    {
        await using var town = await Town.CreateAsync(servers);
        var (anna, _) = town.Citizen();

        await town.CheckInAsync(anna, await town.PlaceAsync());

        var (request, authorization) = town.Office.Asked.ShouldHaveSingleItem();
        request.AccountId.ShouldBe(anna.ToString());
        request.Purpose.ShouldBe(SmartCity.HealthCode.Contracts.V1.Purpose.Admission);
        authorization.ShouldNotBeNull().ShouldStartWith("Bearer ey");
    }

    [Fact]
    public async Task Who_may_enter_depends_on_colour_and_type_of_place()
    {
        await using var town = await Town.CreateAsync(servers);
        foreach (var (color, type, decision, reason) in new[]
        {
            (Color.Green, PlaceType.Shop, CheckInDecision.Admitted, "admitted"),
            (Color.Yellow, PlaceType.Shop, CheckInDecision.Refused, "refused_yellow"),
            (Color.Red, PlaceType.Shop, CheckInDecision.Refused, "refused_red"),
            (Color.Unspecified, PlaceType.Shop, CheckInDecision.Refused, "refused_unknown"),
            (Color.Yellow, PlaceType.Hospital, CheckInDecision.Admitted, "admitted_with_care"),
            (Color.Red, PlaceType.Hospital, CheckInDecision.Admitted, "admitted_with_care"),
            (Color.Unspecified, PlaceType.Hospital, CheckInDecision.Refused, "refused_unknown"),
            (Color.Yellow, PlaceType.Other, CheckInDecision.Refused, "refused_yellow"),
        })
        {
            var place = await town.PlaceAsync(type);

            var answer = await town.CheckInAsync(town.Citizen(color).Account, place);

            (answer.Decision, answer.Reason).ShouldBe((decision, reason));
            answer.Text.ShouldNotBe(reason);
            var visits = await town.Database.ScalarAsync<long>($"SELECT count(*) FROM visits WHERE place_id = '{place.PlaceId}'");
            (visits, answer.VisitId is not null).ShouldBe(decision == CheckInDecision.Admitted ? (1, true) : (0, false));
        }
    }

    [Fact]
    public async Task Nobody_is_admitted_while_the_health_department_does_not_answer()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        foreach (var fault in new[] { StatusCode.Unavailable, StatusCode.DeadlineExceeded, StatusCode.FailedPrecondition, StatusCode.Internal })
        {
            town.Office.Fault = fault;

            var problem = await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code), HttpStatusCode.ServiceUnavailable);

            (problem.Code, problem.Detail).ShouldBe(("health_code_unavailable", problem.Detail.ShouldNotBeNull()), $"{fault}");
        }

        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(0);
    }

    [Fact]
    public async Task Who_has_no_health_code_is_told_to_register()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();

        var problem = await town.CheckInAsync<Problem>(Guid.CreateVersion7(), new CheckInRequest(place.Code), HttpStatusCode.Conflict);

        problem.Code.ShouldBe("health_code_missing");
    }

    [Fact]
    public async Task The_same_key_is_the_same_visit_even_when_the_colour_has_changed_or_cannot_be_asked()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        var key = Guid.CreateVersion7();

        var first = await town.CheckInAsync(anna, place, key: key);
        town.Office.Paint(anna, Color.Red);
        town.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await town.CheckInAsync(anna, place, key: key);
        town.Office.Fault = StatusCode.Unavailable;
        var third = await town.CheckInAsync(anna, place, key: key);

        new[] { second.VisitId, third.VisitId }.ShouldAllBe(id => id == first.VisitId);
        (second.Decision, second.ArrivedAt).ShouldBe((CheckInDecision.Admitted, Town.Noon));
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(1);
    }

    [Fact]
    public async Task One_scan_sent_ten_times_at_once_is_one_visit()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        var key = Guid.CreateVersion7();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => town.CheckInAsync(anna, place, key: key)));

        answers.Select(answer => answer.VisitId).Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(1);
    }

    [Fact]
    public async Task A_key_that_belongs_to_another_place_is_refused_and_the_same_key_of_another_person_is_not()
    {
        await using var town = await Town.CreateAsync(servers);
        var (one, other) = (await town.PlaceAsync(), await town.PlaceAsync());
        var ((anna, _), (ben, _)) = (town.Citizen(), town.Citizen());
        var key = Guid.CreateVersion7();
        await town.CheckInAsync(anna, one, key: key);

        var problem = await town.CheckInAsync<Problem>(anna, new CheckInRequest(other.Code), HttpStatusCode.Conflict, key);
        var bens = await town.CheckInAsync(ben, other, key: key);

        problem.Code.ShouldBe("idempotency_key_reused");
        bens.Decision.ShouldBe(CheckInDecision.Admitted);
    }

    [Fact]
    public async Task Staff_scan_the_code_that_a_person_shows_at_their_own_place_only()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        using var staff = town.Owner();
        using var stranger = town.App.As(Guid.CreateVersion7(), Roles.VenueOperator);
        var scan = new ScanRequest($"code of {anna}");

        var answer = await town.SendAsync<CheckInAnswer>(staff, HttpMethod.Post, $"places/{place.PlaceId}/visitors", scan);
        await town.SendAsync<Problem>(stranger, HttpMethod.Post, $"places/{place.PlaceId}/visitors", scan, HttpStatusCode.NotFound);
        var forged = await town.SendAsync<Problem>(staff, HttpMethod.Post, $"places/{place.PlaceId}/visitors", new ScanRequest("a forgery"), HttpStatusCode.BadRequest);

        answer.Decision.ShouldBe(CheckInDecision.Admitted);
        answer.VisitId.ShouldBeNull();
        forged.Code.ShouldBe("credential_invalid");
        using var client = town.App.As(anna, Roles.Citizen);
        (await town.GetAsync<Page<VisitView>>(client, "me/visits")).Items.ShouldHaveSingleItem().PlaceId.ShouldBe(place.PlaceId);
        (await town.GetAsync<Occupancy>(staff, $"places/{place.PlaceId}/occupancy")).Visitors.ShouldBe(1);
    }

    [Fact]
    public async Task The_first_check_out_ends_the_visit_and_the_second_changes_nothing()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen();
        var visit = await town.CheckInAsync(anna, place);
        using var staff = town.Owner();

        town.Clock.Advance(TimeSpan.FromMinutes(30));
        var first = await town.CheckOutAsync(anna, visit.VisitId!.Value);
        town.Clock.Advance(TimeSpan.FromMinutes(30));
        var second = await town.CheckOutAsync(anna, visit.VisitId!.Value);

        (first.LeftAt, first.AssumedUntil).ShouldBe((Town.Noon.AddMinutes(30), null));
        second.ShouldBe(first);
        (await town.GetAsync<Occupancy>(staff, $"places/{place.PlaceId}/occupancy")).Visitors.ShouldBe(0);
    }

    [Fact]
    public async Task Who_never_checks_out_stops_counting_after_the_time_out()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        await town.CheckInAsync(town.Citizen().Account, place);
        using var staff = town.Owner();

        town.Clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        (await town.GetAsync<Occupancy>(staff, $"places/{place.PlaceId}/occupancy")).Visitors.ShouldBe(1);
        town.Clock.Advance(TimeSpan.FromSeconds(1));

        (await town.GetAsync<Occupancy>(staff, $"places/{place.PlaceId}/occupancy")).Visitors.ShouldBe(0);
    }

    [Fact]
    public async Task Another_citizens_visit_is_not_there_to_be_seen_or_ended()
    {
        await using var town = await Town.CreateAsync(servers);
        var visit = await town.CheckInAsync(town.Citizen().Account, await town.PlaceAsync());
        var (ben, _) = town.Citizen();
        using var client = town.App.As(ben, Roles.Citizen);

        var problem = await town.SendAsync<Problem>(client, HttpMethod.Post, $"check-ins/{visit.VisitId}/check-out", new CheckOutRequest(), HttpStatusCode.NotFound);

        problem.Code.ShouldBe("visit_unknown");
        (await town.GetAsync<Page<VisitView>>(client, "me/visits")).Items.ShouldBeEmpty();
        (await town.Database.ScalarAsync<bool>("SELECT is_open FROM visits")).ShouldBeTrue();
        var madeUp = await town.SendAsync<Problem>(client, HttpMethod.Post, $"check-ins/{Guid.NewGuid()}/check-out", new CheckOutRequest(), HttpStatusCode.NotFound);
        madeUp.Code.ShouldBe("visit_unknown");
    }

    [Fact]
    public async Task A_proxy_checks_in_for_the_person_they_act_for()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (grandmother, citizenId) = town.Citizen();
        using var proxy = town.App.With(TestTokens.Person(grandmother, "place-registration", department: null, actor: Guid.CreateVersion7(), Roles.Proxy));

        await town.SendAsync<CheckInAnswer>(proxy, HttpMethod.Post, "check-ins", new CheckInRequest(PlaceId: place.PlaceId));

        (await town.Database.ScalarAsync<Guid>("SELECT citizen_id FROM visits")).ShouldBe(citizenId);
    }

    [Fact]
    public async Task Answers_are_in_the_language_of_the_request()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var (anna, _) = town.Citizen(Color.Yellow);
        using var client = town.App.As(anna, Roles.Citizen);
        client.DefaultRequestHeaders.Add("Accept-Language", "zh-CN");

        (await town.SendAsync<CheckInAnswer>(client, HttpMethod.Post, "check-ins", new CheckInRequest(place.Code))).Text.ShouldContain("黄码");
        (await town.SendAsync<Problem>(client, HttpMethod.Post, "check-ins", new CheckInRequest("SCP:x"), HttpStatusCode.BadRequest)).Detail.ShouldNotBeNull().ShouldContain("场所码");
    }

    [Fact]
    public async Task A_place_that_is_not_said_or_not_known_is_a_problem()
    {
        await using var town = await Town.CreateAsync(servers);
        var (anna, _) = town.Citizen();

        async Task<string> CodeAsync(CheckInRequest request, HttpStatusCode status) => (await town.CheckInAsync<Problem>(anna, request, status)).Code;

        (await CodeAsync(new CheckInRequest(), HttpStatusCode.BadRequest)).ShouldBe("place_missing");
        (await CodeAsync(new CheckInRequest("SCP:12"), HttpStatusCode.BadRequest)).ShouldBe("place_code_invalid");
        (await CodeAsync(new CheckInRequest("SCP:00000000000000000000000000000000"), HttpStatusCode.NotFound)).ShouldBe("place_unknown");
        (await CodeAsync(new CheckInRequest(PlaceId: Guid.CreateVersion7()), HttpStatusCode.NotFound)).ShouldBe("place_unknown");
    }
}

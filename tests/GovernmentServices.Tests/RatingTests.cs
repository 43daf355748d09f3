using System.Net;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.GovernmentServices.Features.Ratings;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>What people think of how their matters were handled, and what follows from it (GB/T 39735).</summary>
public sealed class RatingTests(CityServers servers)
{
    private static readonly RateRequest Bad = new(RatingLevel.VeryDissatisfied, "Only one light of Li Lei's street", "13800001111");

    [Fact]
    public async Task Each_handling_of_a_report_is_rated_once_and_told_without_a_person()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        await using var tap = await BrokerTap<MatterRated>.OnAsync(city.Broker);
        var citizen = city.Citizen();
        var report = await citizen.PostedAsync<MyReportSummary>("/reports", new FileReportRequest("traffic", "The light is out"));
        var path = $"/me/reports/{report.Id}/rating";
        await (await citizen.PostJsonAsync(path, Bad)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "matter_not_finished");
        await AnswerAsync(city, report.Id);
        await (await city.Citizen().PostJsonAsync(path, Bad)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");

        var levels = Enum.GetValues<RatingLevel>();
        var answers = await Task.WhenAll(levels.Select(level => citizen.PostJsonAsync(path, new RateRequest(level))));
        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(4);
        var given = (await citizen.ReadAsync<Page<RatingView>>("/me/ratings")).Items.ShouldHaveSingleItem();
        (await citizen.PostedAsync<RatingView>(path, new RateRequest(given.Level))).Id.ShouldBe(given.Id, "the same again changes nothing");

        await citizen.PostedAsync<MyReportSummary>($"/me/reports/{report.Id}/reopening", new ReopenReportRequest("Still dark"));
        await AnswerAsync(city, report.Id);
        (await citizen.PostedAsync<RatingView>(path, new RateRequest(RatingLevel.Satisfied))).Handling.ShouldBe(2);
        await Eventually.Async(() => tap.Events.Count >= 2);
        tap.Events.ShouldBe(
        [
            new MatterRated(given.Id, "report", report.Id, 1, "traffic", GovernmentCity.Security, 5 - (int)given.Level, GovernmentCity.Start),
            new MatterRated(tap.Events.Last().RatingId, "report", report.Id, 2, "traffic", GovernmentCity.Security, 4, GovernmentCity.Start),
        ]);
    }

    [Fact]
    public async Task A_bad_rating_is_called_back_put_right_and_can_be_rated_again()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, officer) = (city.Citizen(), city.Officer(GovernmentCity.Security));
        var report = await citizen.PostedAsync<MyReportSummary>("/reports", new FileReportRequest("traffic", "The light is out"));
        await AnswerAsync(city, report.Id);
        var rating = await citizen.PostedAsync<RatingView>($"/me/reports/{report.Id}/rating", Bad);
        rating.Rectification!.CallBackBy.ShouldBe(GovernmentCity.Start.AddDays(1));

        var listed = (await officer.ReadAsync<Page<RectificationSummary>>("/department/rectifications?state=open")).Items.ShouldHaveSingleItem();
        listed.Id.ShouldBe(rating.Id);
        (await city.Officer(GovernmentCity.Health).ReadAsync<Page<RectificationSummary>>("/department/rectifications")).Items.ShouldBeEmpty();
        var path = $"/department/rectifications/{rating.Id}";
        await (await city.Officer(GovernmentCity.Health).GetAsync(GovernmentCity.Path + path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        var opened = await officer.ReadAsync<DepartmentRectification>(path);
        (opened.Comment, opened.CallBack).ShouldBe((Bad.Comment, Bad.CallBack));
        (await city.Database.ScalarAsync<string>("SELECT ratings::text || encode(sealed_comment, 'escape') || encode(sealed_call_back, 'escape') FROM ratings"))
            .ShouldNotContain("Li Lei");

        await (await officer.PostJsonAsync($"{path}/completion", new RectifyRequest("Done"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "call_back_missing");
        city.Clock.Advance(TimeSpan.FromHours(3));
        await officer.PostedAsync<RectificationSummary>($"{path}/call-back", new RectifyRequest("The others are dark"));
        await officer.PostedAsync<RectificationSummary>($"{path}/call-back", new RectifyRequest("The others are dark"));
        await (await officer.PostJsonAsync($"{path}/call-back", new RectifyRequest("Something else"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "already_called_back");
        await officer.PostedAsync<RectificationSummary>($"{path}/completion", new RectifyRequest("All are mended"));
        await (await officer.PostJsonAsync($"{path}/completion", new RectifyRequest("Nothing"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "rectification_closed");

        var mine = (await citizen.ReadAsync<Page<RatingView>>("/me/ratings")).Items.ShouldHaveSingleItem();
        (mine.Rectification!.State, mine.Rectification.Call, mine.Rectification.Result, mine.Rectification.CalledBackAt)
            .ShouldBe((RectificationState.Closed, "The others are dark", "All are mended", GovernmentCity.Start.AddHours(3)));
        mine.Readings.ShouldHaveSingleItem().Department.ShouldBe(GovernmentCity.Security);
        (await citizen.PostedAsync<RatingView>($"/me/reports/{report.Id}/rating", new RateRequest(RatingLevel.VerySatisfied))).Handling.ShouldBe(2);
    }

    [Fact]
    public async Task A_decided_application_is_rated_too_also_by_who_acts_for_the_person()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out var account);
        var application = await citizen.AppliedAsync("temporary-residence", Applications.ResidenceForm());
        var path = $"/me/applications/{application.Id}/rating";
        await (await citizen.PostJsonAsync(path, Bad)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "matter_not_finished");
        await city.Officer(GovernmentCity.Security).DecidedAsync(application, "residence");

        var worker = Guid.NewGuid();
        var rating = await city.App.With(TestTokens.Person(account, "government-services", department: null, worker, Roles.Proxy)).PostedAsync<RatingView>(path, Bad);

        rating.Matter.ShouldBe(MatterKind.Application);
        (await city.Database.ScalarAsync<Guid>("SELECT actor_id FROM ratings")).ShouldBe(worker);
        await (await citizen.PostJsonAsync(path, Bad)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "already_rated");
        (await city.Officer(GovernmentCity.Security).ReadAsync<Page<RectificationSummary>>("/department/rectifications")).Items.ShouldHaveSingleItem().Subject.ShouldBe("temporary-residence");
        await (await city.Citizen().PostJsonAsync(path, Bad)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Satisfaction_is_public_from_five_ratings_on()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var desk = city.App.As(Guid.NewGuid(), Roles.CounterStaff);
        for (var n = 1; n <= 5; n++)
        {
            var report = await desk.PostedAsync<MyReportSummary>("/desk/reports", new DeskReportRequest(DeskChannel.Counter, "traffic", $"Light {n}"));
            await AnswerAsync(city, report.Id);
            (await city.Anyone().ReadAsync<Page<SatisfactionView>>("/satisfaction")).Items.ShouldBeEmpty();
            await desk.PostedAsync<RatingView>($"/desk/reports/{report.Id}/rating", n == 1 ? Bad : new RateRequest(RatingLevel.Acceptable));
        }

        (await city.Anyone().ReadAsync<Page<SatisfactionView>>("/satisfaction")).Items.ShouldBe([new SatisfactionView(GovernmentCity.Security, "Public Security Bureau", 0, 0, 4, 0, 1, 0.8)]);
    }

    private static async Task AnswerAsync(GovernmentCity city, Guid report) => await city.Officer(GovernmentCity.Security)
        .PostedAsync<DepartmentReportSummary>($"/department/reports/{report}/answer", new AnswerReportRequest("Mended."));
}

using System.Net;
using System.Text;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class ReportTests(CityServers servers)
{
    private static readonly FileReportRequest Crowd = new("epidemic-control", "My neighbour Li Lei coughs in the crowded hall", new Position(31.2304, 121.4737));

    [Fact]
    public async Task A_report_goes_to_the_department_of_its_category_and_comes_back_answered()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, officer) = (city.Citizen(), city.Officer(GovernmentCity.Health));

        var filed = await citizen.PostedAsync<MyReportSummary>("/reports", Crowd);
        filed.ShouldSatisfyAllConditions(
            () => filed.Department.ShouldBe(GovernmentCity.Health),
            () => filed.State.ShouldBe(ReportState.Waiting),
            () => filed.ReceivedAt.ShouldBe(GovernmentCity.Start));

        var queued = (await officer.ReadAsync<Page<DepartmentReportSummary>>("/department/reports?state=waiting")).Items.ShouldHaveSingleItem();
        queued.ShouldBe(new DepartmentReportSummary(
            filed.Id, "epidemic-control", "Epidemic control", ReportState.Waiting, GovernmentCity.Start, Handling: 1, GovernmentCity.Start.AddDays(2), ReportChannel.App, "3123N12147E"));
        (await officer.ReadAsync<DepartmentReport>($"/department/reports/{filed.Id}")).Text.ShouldBe(Crowd.Text);
        city.Clock.Advance(TimeSpan.FromHours(2));
        await officer.PostedAsync<DepartmentReportSummary>($"/department/reports/{filed.Id}/answer", new AnswerReportRequest("We aired the hall."));

        var mine = await citizen.ReadAsync<MyReport>($"/me/reports/{filed.Id}");
        mine.ShouldSatisfyAllConditions(
            () => mine.Text.ShouldBe(Crowd.Text),
            () => mine.Position.ShouldBe(Crowd.Position),
            () => mine.Answer.ShouldBe("We aired the hall."),
            () => mine.Report.State.ShouldBe(ReportState.Answered),
            () => mine.Report.AnsweredAt.ShouldBe(GovernmentCity.Start.AddHours(2)));
        (await officer.ReadAsync<Page<DepartmentReportSummary>>("/department/reports?state=waiting")).Items.ShouldBeEmpty();
        (await officer.ReadAsync<Page<DepartmentReportSummary>>("/department/reports?state=answered")).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_wrote_a_report_sees_which_department_opened_it_when()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Citizen();
        var filed = await citizen.PostedAsync<MyReportSummary>("/reports", Crowd);
        await city.Officer().ReadAsync<Page<DepartmentReportSummary>>("/department/reports");
        (await citizen.ReadAsync<MyReport>($"/me/reports/{filed.Id}")).Readings.ShouldBeEmpty("the queue shows nothing that its author wrote");

        city.Clock.Advance(TimeSpan.FromMinutes(5));
        await city.Officer().ReadAsync<DepartmentReport>($"/department/reports/{filed.Id}");

        (await citizen.ReadAsync<MyReport>($"/me/reports/{filed.Id}")).Readings
            .ShouldBe([new ReportReadingView(GovernmentCity.Health, "Health Commission", GovernmentCity.Start.AddMinutes(5))]);
    }

    [Fact]
    public async Task Another_departments_queue_and_reports_are_closed()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var filed = await city.Citizen().PostedAsync<MyReportSummary>("/reports", Crowd);
        var stranger = city.Officer(GovernmentCity.Security);

        (await stranger.ReadAsync<Page<DepartmentReportSummary>>("/department/reports")).Items.ShouldBeEmpty();
        await (await stranger.GetAsync($"{GovernmentCity.Path}/department/reports/{filed.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await stranger.PostJsonAsync($"/department/reports/{filed.Id}/answer", new AnswerReportRequest("Not ours")))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM report_readings")).ShouldBe(0);
    }

    [Fact]
    public async Task Another_citizens_report_does_not_exist()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var filed = await city.Citizen().PostedAsync<MyReportSummary>("/reports", Crowd);
        var stranger = city.Citizen();

        await (await stranger.GetAsync($"{GovernmentCity.Path}/me/reports/{filed.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        (await stranger.ReadAsync<Page<MyReportSummary>>("/me/reports")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_report_is_answered_once()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var filed = await city.Citizen().PostedAsync<MyReportSummary>("/reports", Crowd);
        var path = $"/department/reports/{filed.Id}/answer";

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async n =>
        {
            var officer = city.Officer();
            return (Officer: officer, Text: $"Answer {n}", Response: await officer.PostJsonAsync(path, new AnswerReportRequest($"Answer {n}")));
        }));

        var given = answers.Where(answer => answer.Response.IsSuccessStatusCode).ShouldHaveSingleItem();
        answers.Count(answer => answer.Response.StatusCode == HttpStatusCode.Conflict).ShouldBe(5);
        (await given.Officer.PostJsonAsync(path, new AnswerReportRequest(given.Text))).StatusCode.ShouldBe(HttpStatusCode.OK, "the same again changes nothing");
        await (await given.Officer.PostJsonAsync(path, new AnswerReportRequest("Another"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "report_answered");
    }

    [Fact]
    public async Task A_report_that_is_sent_twice_is_one_report()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, key) = (city.Citizen(), Guid.NewGuid());

        var first = await citizen.PostedAsync<MyReportSummary>("/reports", Crowd, key);
        var second = await citizen.PostedAsync<MyReportSummary>("/reports", Crowd, key);

        second.ShouldBe(first);
        await (await citizen.PostJsonAsync("/reports", Crowd with { Text = "Something else" }, key)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        (await citizen.ReadAsync<Page<MyReportSummary>>("/me/reports")).Items.ShouldBe([first]);
    }

    [Fact]
    public async Task What_people_write_cannot_be_read_in_the_database()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var filed = await city.Citizen().PostedAsync<MyReportSummary>("/reports", Crowd);
        await city.Officer().PostedAsync<DepartmentReportSummary>($"/department/reports/{filed.Id}/answer", new AnswerReportRequest("Dear Li Lei"));

        var row = await city.Database.ScalarAsync<string>("SELECT encode(sealed_text, 'escape') || encode(sealed_answer, 'escape') || reports::text FROM reports");

        row.ShouldNotContain("Li Lei");
        row.ShouldNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes("Li Lei")), Case.Insensitive);
    }

    [Fact]
    public async Task Everybody_sees_the_categories_and_who_answers_for_them()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        var categories = (await city.Anyone("zh").ReadAsync<Page<ReportCategoryView>>("/report-categories")).Items;

        categories.ShouldContain(new ReportCategoryView(
            "traffic", "交通出行", new LocalText("交通出行", "Traffic and transport"), GovernmentCity.Security, "公安局"));
        await (await city.Citizen().PostJsonAsync("/reports", Crowd with { Category = "weather" })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "category_unknown");
    }

    [Fact]
    public async Task A_report_stays_within_its_bounds()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        await (await city.Citizen().PostJsonAsync("/reports", Crowd with { Text = new string('长', 2001) }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "length_invalid");
        await (await city.Citizen().PostJsonAsync("/reports", Crowd with { Position = new Position(90.1, 0) }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "range_invalid");
        (await city.Citizen().PostedAsync<MyReportSummary>("/reports", Crowd with { Text = new string('长', 2000), Position = null })).Category.ShouldBe("epidemic-control");
    }

    [Fact]
    public async Task The_queue_is_paged_oldest_first_and_my_reports_newest_first()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, ids) = (city.Citizen(), new List<Guid>());
        for (var n = 0; n < 3; n++)
        {
            city.Clock.Advance(TimeSpan.FromMinutes(1));
            ids.Add((await citizen.PostedAsync<MyReportSummary>("/reports", Crowd with { Text = $"Report {n}" })).Id);
        }

        var queue = await city.Officer().ReadAsync<Page<DepartmentReportSummary>>("/department/reports?limit=2");
        var rest = await city.Officer().ReadAsync<Page<DepartmentReportSummary>>($"/department/reports?limit=2&after={queue.Next}");
        var mine = await citizen.ReadAsync<Page<MyReportSummary>>("/me/reports?limit=2");
        var older = await citizen.ReadAsync<Page<MyReportSummary>>($"/me/reports?limit=2&after={mine.Next}");

        queue.Items.Concat(rest.Items).Select(report => report.Id).ShouldBe(ids);
        mine.Items.Concat(older.Items).Select(report => report.Id).ShouldBe(Enumerable.Reverse(ids));
    }
}

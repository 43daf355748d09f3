using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>Reports by every channel in one ledger: who gets them, by when, and what everybody sees of them.</summary>
public sealed class ReportChannelTests(CityServers servers)
{
    private static readonly Position Square = new(31.2304, 121.4737);
    private static readonly FileReportRequest Light = new("traffic", "The light at Li Lei's door is out", Square);

    [Fact]
    public async Task Likely_duplicates_are_suggested_and_merged_and_one_answer_answers_all()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (officer, second) = (city.Officer(GovernmentCity.Security), city.Citizen());
        var first = await city.Citizen().PostedAsync<MyReportSummary>("/reports", Light);
        await city.Citizen().PostedAsync<MyReportSummary>("/reports", Light with { Position = new Position(31.2404, 121.4737) });
        await city.Citizen().PostedAsync<MyReportSummary>("/reports", Light with { Category = "public-order" });
        await city.Citizen().PostedAsync<MyReportSummary>("/reports", Light with { Position = null });
        city.Clock.Advance(TimeSpan.FromDays(1));
        var near = await second.PostedAsync<MyReportSummary>("/reports", Light with { Position = new Position(31.2313, 121.4737) });
        city.Clock.Advance(TimeSpan.FromDays(7));
        var late = await city.Citizen().PostedAsync<MyReportSummary>("/reports", Light);

        (await officer.ReadAsync<Page<DuplicateReport>>($"/department/reports/{near.Id}/duplicates")).Items
            .Select(duplicate => (duplicate.Report.Id, duplicate.Metres)).ShouldBe([(first.Id, 100), (late.Id, 100)]);
        (await officer.ReadAsync<Page<DuplicateReport>>($"/department/reports/{late.Id}/duplicates")).Items.Select(duplicate => duplicate.Report.Id).ShouldBe([near.Id]);

        var merged = await officer.PostedAsync<DepartmentReportSummary>($"/department/reports/{near.Id}/merge", new MergeReportRequest(first.Id));
        (merged.State, merged.MergedInto).ShouldBe((ReportState.Merged, first.Id));
        (await officer.PostedAsync<DepartmentReportSummary>($"/department/reports/{near.Id}/merge", new MergeReportRequest(first.Id))).ShouldBe(merged);
        await (await officer.PostJsonAsync($"/department/reports/{near.Id}/answer", new AnswerReportRequest("Alone"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "report_merged");
        await (await officer.PostJsonAsync($"/department/reports/{first.Id}/merge", new MergeReportRequest(near.Id))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "report_merged");
        await (await officer.PostJsonAsync($"/department/reports/{late.Id}/merge", new MergeReportRequest(late.Id))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "report_not_mergeable");

        await officer.PostedAsync<DepartmentReportSummary>($"/department/reports/{first.Id}/answer", new AnswerReportRequest("Mended."));
        var mine = await second.ReadAsync<MyReport>($"/me/reports/{near.Id}");
        (mine.Report.State, mine.Answer).ShouldBe((ReportState.Answered, "Mended."));
        mine.History.Select(entry => entry.Kind).ShouldBe([ReportEntryKind.Received, ReportEntryKind.Merged, ReportEntryKind.Answered]);
        await officer.PostedAsync<DepartmentReportSummary>($"/department/reports/{late.Id}/merge", new MergeReportRequest(first.Id));
        (await officer.ReadAsync<Page<DepartmentReportSummary>>("/department/reports?state=answered")).Items.Select(report => report.Id).ShouldBe([first.Id, near.Id, late.Id]);

        // Who finds that it is not settled has a matter of their own again.
        var reopened = await second.PostedAsync<MyReportSummary>($"/me/reports/{near.Id}/reopening", new ReopenReportRequest("Still dark"));
        (reopened.State, reopened.Handling).ShouldBe((ReportState.Waiting, 2));
    }

    [Fact]
    public async Task Kind_and_place_say_who_answers_by_when_and_an_answer_that_settles_nothing_sends_it_on()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Citizen();

        var hazard = await citizen.PostedAsync<MyReportSummary>("/reports", Light with { Category = "safety-hazard" });
        var station = await citizen.PostedAsync<MyReportSummary>("/reports", Light with { Category = "safety-hazard", Position = new Position(31.1957, 121.3206) });
        (hazard.Department, hazard.DueAt).ShouldBe((GovernmentCity.Emergency, GovernmentCity.Start.AddHours(24)));
        (station.Department, station.DueAt).ShouldBe((GovernmentCity.Security, GovernmentCity.Start.AddHours(24)));

        var light = await citizen.PostedAsync<MyReportSummary>("/reports", Light);
        (light.Department, light.DueAt).ShouldBe((GovernmentCity.Security, GovernmentCity.Start.AddHours(120)));
        await (await citizen.PostJsonAsync($"/me/reports/{light.Id}/reopening", new ReopenReportRequest("Too slow"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "report_not_answered");
        var (answer, path) = (new AnswerReportRequest("Mended."), $"/department/reports/{light.Id}");
        await city.Officer(GovernmentCity.Security).PostedAsync<DepartmentReportSummary>($"{path}/answer", answer);
        city.Clock.Advance(TimeSpan.FromDays(1));
        var again = await citizen.PostedAsync<MyReportSummary>($"/me/reports/{light.Id}/reopening", new ReopenReportRequest("Still dark"));
        (again.State, again.Handling, again.Department, again.DueAt).ShouldBe((ReportState.Waiting, 2, GovernmentCity.Security, GovernmentCity.Start.AddHours(24 + 48)));
        (await citizen.PostedAsync<MyReportSummary>($"/me/reports/{light.Id}/reopening", new ReopenReportRequest("Still dark"))).ShouldBe(again);
        var opened = await city.Officer(GovernmentCity.Security).ReadAsync<DepartmentReport>(path);
        opened.Answer.ShouldBeNull();
        opened.History.Select(entry => entry.Words).ShouldBe([null, "Mended.", "Still dark"]);

        await city.Officer(GovernmentCity.Security).PostedAsync<DepartmentReportSummary>($"{path}/answer", answer);
        var third = await citizen.PostedAsync<MyReportSummary>($"/me/reports/{light.Id}/reopening", new ReopenReportRequest("Dark for the third time"));
        (third.Handling, third.Department).ShouldBe((3, GovernmentCity.Services), "the department that watches over answers takes it from who failed twice");
        (await city.Officer(GovernmentCity.Security).ReadAsync<Page<DepartmentReportSummary>>("/department/reports?state=waiting")).Items.Select(report => report.Id).ShouldBe([station.Id]);
        await city.Officer(GovernmentCity.Services).PostedAsync<DepartmentReportSummary>($"{path}/answer", answer);
        city.Clock.Advance(TimeSpan.FromDays(31));
        await (await citizen.PostJsonAsync($"/me/reports/{light.Id}/reopening", new ReopenReportRequest("After all"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "report_closed");
    }

    [Fact]
    public async Task What_is_not_answered_in_time_goes_to_the_supervising_department_too()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (supervisor, report) = (city.Officer(GovernmentCity.Services), await city.Citizen().PostedAsync<MyReportSummary>("/reports", Light));
        var escalation = city.App.Services.GetRequiredService<EscalateReports>();

        city.Clock.Set(report.DueAt.AddSeconds(-1));
        await escalation.EscalateAsync(CancellationToken.None);
        (await supervisor.ReadAsync<Page<DepartmentReportSummary>>("/department/reports")).Items.ShouldBeEmpty();
        (await HealthAsync(city)).ShouldBe(HealthStatus.Healthy);
        city.Clock.Set(report.DueAt);
        await escalation.EscalateAsync(CancellationToken.None);
        await escalation.EscalateAsync(CancellationToken.None);

        (await HealthAsync(city)).ShouldBe(HealthStatus.Degraded);
        (await supervisor.ReadAsync<Page<DepartmentReportSummary>>("/department/reports")).Items.ShouldHaveSingleItem().EscalatedAt.ShouldBe(report.DueAt);
        (await city.Officer(GovernmentCity.Security).ReadAsync<Page<DepartmentReportSummary>>("/department/reports")).Items.ShouldHaveSingleItem();
        await supervisor.PostedAsync<DepartmentReportSummary>($"/department/reports/{report.Id}/answer", new AnswerReportRequest("We saw to it."));
        (await HealthAsync(city)).ShouldBe(HealthStatus.Healthy);
        (await city.Anyone().ReadAsync<PublicReport>($"/reports/{report.Id}/history")).History.Select(entry => (entry.Kind, entry.Department)).ShouldBe(
            [(ReportEntryKind.Received, GovernmentCity.Security), (ReportEntryKind.Escalated, GovernmentCity.Services), (ReportEntryKind.Answered, GovernmentCity.Services)]);
    }

    [Fact]
    public async Task Everybody_follows_a_report_in_plain_words_and_learns_neither_whose_it_is_nor_what_was_said()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var account = Guid.NewGuid();
        var citizen = city.Citizen(account);
        var report = await citizen.PostedAsync<MyReportSummary>("/reports", Light);
        await city.Officer(GovernmentCity.Security).PostedAsync<DepartmentReportSummary>($"/department/reports/{report.Id}/answer", new AnswerReportRequest("Dear Li Lei"));
        await citizen.PostedAsync<MyReportSummary>($"/me/reports/{report.Id}/reopening", new ReopenReportRequest("Li Lei says no"));

        using var response = await city.Anyone("zh-CN").GetAsync($"{GovernmentCity.Path}/reports/{report.Id}/history");

        response.Headers.CacheControl!.Public.ShouldBeTrue();
        var shown = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        shown.GetProperty("history").EnumerateArray().Select(entry => entry.GetProperty("text").GetString())
            .ShouldBe(["已受理，交由公安局办理。", "公安局已答复。", "答复未解决问题，重新交由公安局办理。"]);
        shown.GetProperty("cell").GetString().ShouldBe("3123N12147E");
        shown.ToString().ShouldNotContain("Li Lei");
        shown.ToString().ShouldNotContain(account.ToString());
        shown.ToString().ShouldNotContain("31.23");
    }

    [Fact]
    public async Task Who_has_no_account_is_heard_at_a_desk_called_back_and_asks_again_by_number()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (hotline, key) = (city.App.As(Guid.NewGuid(), Roles.CounterStaff), Guid.NewGuid());
        var request = new DeskReportRequest(DeskChannel.Hotline, "traffic", Light.Text, Square, "13800001111");

        var report = await hotline.PostedAsync<MyReportSummary>("/desk/reports", request, key);
        (await hotline.PostedAsync<MyReportSummary>("/desk/reports", request, key)).ShouldBe(report);
        await (await hotline.PostJsonAsync("/desk/reports", request with { Text = "Another" }, key)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        await (await hotline.PostJsonAsync("/desk/reports", request with { CallBack = "my sister's" })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "format_invalid");
        await city.App.As(Guid.NewGuid(), Roles.GridWorker).PostedAsync<MyReportSummary>("/desk/reports", request with { Channel = DeskChannel.Door }, key);

        var officer = city.Officer(GovernmentCity.Security);
        (await officer.ReadAsync<Page<DepartmentReportSummary>>("/department/reports")).Items.Select(queued => queued.Channel).ShouldBe([ReportChannel.Hotline, ReportChannel.Door], ignoreOrder: true);
        (await officer.ReadAsync<DepartmentReport>($"/department/reports/{report.Id}")).CallBack.ShouldBe("13800001111");
        (await city.Database.ScalarAsync<string>("SELECT string_agg(reports::text || encode(sealed_call_back, 'escape'), ' ') FROM reports")).ShouldNotContain("13800001111");
        await officer.PostedAsync<DepartmentReportSummary>($"/department/reports/{report.Id}/answer", new AnswerReportRequest("Mended."));

        var told = await city.App.As(Guid.NewGuid(), Roles.CounterStaff).ReadAsync<MyReport>($"/desk/reports/{report.Id}");
        told.Answer.ShouldBe("Mended.");
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM report_readings")).ShouldBe(2, "the officer's and the desk's");
        (await hotline.PostedAsync<MyReportSummary>($"/desk/reports/{report.Id}/reopening", new ReopenReportRequest("Still dark"))).Handling.ShouldBe(2);
        var theirs = await city.Citizen().PostedAsync<MyReportSummary>("/reports", Light);
        await (await hotline.GetAsync($"{GovernmentCity.Path}/desk/reports/{theirs.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await city.Citizen().GetAsync($"{GovernmentCity.Path}/me/reports/{report.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_photograph_tells_nothing_beside_is_sealed_and_is_public_only_when_an_officer_has_looked()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, officer) = (city.Citizen(), city.Officer(GovernmentCity.Security));
        var photo = await citizen.AttachedAsync(Pictures.WithMetadata(Pictures.Jpeg), "image/jpeg");
        var paper = await citizen.AttachedAsync();
        await (await citizen.PostJsonAsync("/reports", Light with { Photos = [paper] })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "attachment_unknown");
        await (await city.Citizen().PostJsonAsync("/reports", Light with { Photos = [photo] })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "attachment_unknown");
        await (await citizen.PostJsonAsync("/reports", Light with { Photos = [.. Enumerable.Repeat(photo, 6)] })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "length_invalid");

        var report = await citizen.PostedAsync<MyReportSummary>("/reports", Light with { Photos = [photo] });
        await (await citizen.PostJsonAsync("/reports", Light with { Photos = [photo] })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "attachment_unknown");

        var kept = await citizen.GetByteArrayAsync($"{GovernmentCity.Path}/me/reports/{report.Id}/photos/{photo}");
        Encoding.Latin1.GetString(kept).ShouldNotContain("Li Lei");
        kept[^200..].ShouldBe(Pictures.Jpeg[^200..]);
        (await city.Database.ScalarAsync<byte[]>($"SELECT sealed_content FROM attachments WHERE id = '{photo}'")).AsSpan().IndexOf(Pictures.Jpeg.AsSpan(^64)).ShouldBe(-1);
        (await officer.GetByteArrayAsync($"{GovernmentCity.Path}/department/reports/{report.Id}/photos/{photo}")).ShouldBe(kept);
        (await citizen.ReadAsync<MyReport>($"/me/reports/{report.Id}")).Readings.ShouldHaveSingleItem().Department.ShouldBe(GovernmentCity.Security);
        await (await city.Officer(GovernmentCity.Health).GetAsync($"{GovernmentCity.Path}/department/reports/{report.Id}/photos/{photo}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await city.Citizen().GetAsync($"{GovernmentCity.Path}/me/reports/{report.Id}/photos/{photo}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");

        var open311 = $"/government-services/open311/v2/requests/{report.Id}.json";
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/reports/{report.Id}/photos/{photo}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        (await city.Anyone().GetStringAsync(open311)).ShouldNotContain("media_url");
        (await officer.PostedAsync<ReportPhotoView>($"/department/reports/{report.Id}/photos/{photo}/release", null)).Released.ShouldBeTrue();
        var address = JsonDocument.Parse(await city.Anyone().GetStringAsync(open311)).RootElement[0].GetProperty("media_url").GetString()!;
        (await city.Anyone().GetByteArrayAsync(address)).ShouldBe(kept);
    }

    private static async Task<HealthStatus> HealthAsync(GovernmentCity city) =>
        (await city.App.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "reports")).Status;
}

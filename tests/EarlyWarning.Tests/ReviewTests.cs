using System.Net;
using System.Text.Json;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.HealthCode.Contracts;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class ReviewTests(CityServers servers)
{
    [Fact]
    public async Task Closing_an_event_builds_its_review_from_every_services_news_tasks_and_warnings_and_every_figure_leads_to_its_parts()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var cases = await office.ConfirmAsync(daysAgo: 1, cases: 4);
        await office.PublishAsync(new CaseWithdrawn(cases[0].CaseId, cases[0].CitizenId, cases[0].Cell, cases[0].OnsetAt, cases[0].ConfirmedAt.AddHours(1)));
        var noon = WatchOffice.Noon.ToUniversalTime();
        await office.PublishAsync([.. Enumerable.Range(0, 3).Select(i => new HealthCodeChanged(Guid.CreateVersion7(), CodeColor.Green, CodeColor.Yellow, WatchOffice.Cell, 2, noon.AddDays(7), noon.AddMinutes(-10 - i)))]);
        await office.PublishAsync(new BulletinPublished(Guid.CreateVersion7(), 1, noon.AddMinutes(-5)));
        await office.PublishAsync(new ApplicationDecided(Guid.CreateVersion7(), "relief", "approved", noon.AddMinutes(-4)));
        var id = await ResponseTests.EventAsync(office, firstDaysAgo: 1);
        await office.PostAsync(office.HealthOfficer, $"events/{id}/response", new { hazard = "service-outage" });
        using var services = office.App.AsOfficer(Guid.CreateVersion7(), "government-services", Roles.DepartmentOfficer);
        var task = (await office.GetAsync(services, "tasks")).GetProperty("items")[0].GetProperty("taskId").GetString();
        office.Clock.Advance(TimeSpan.FromMinutes(4));
        await office.PostAsync(services, $"tasks/{task}/reports", new { text = "<b>All</b> on paper | now", done = true });

        office.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually.Async(async () => await office.Database.ScalarAsync<long>("SELECT count(*) FROM department_tasks WHERE department = 'government-services' AND escalated_at IS NOT NULL") == 1);
        await CloseAsync(office, id);
        var closedAt = TimeProvider.System.GetUtcNow();
        await Eventually.Async(async () => (await office.HealthOfficer.GetAsync($"/early-warning/v1/events/{id}/review")).IsSuccessStatusCode);
        (TimeProvider.System.GetUtcNow() - closedAt).ShouldBeLessThan(TimeSpan.FromMinutes(1));

        var review = (await office.GetAsync(office.HealthOfficer, $"events/{id}/review")).GetProperty("review");
        Count(review, "case").ShouldBe(3);
        Count(review, "codeChanges").ShouldBe(3);
        Count(review, "application").ShouldBe(1);
        review.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("kind").GetString()).ShouldContain("bulletin");
        var asked = review.GetProperty("departments").EnumerateArray().Single(row => row.GetProperty("department").GetString() == "government-services");
        (asked.GetProperty("asked").GetInt32(), asked.GetProperty("done").GetInt32(), asked.GetProperty("escalated").GetInt32()).ShouldBe((2, 1, 1));
        var done = review.GetProperty("tasks").EnumerateArray().Single(row => row.GetProperty("taskId").GetString() == task);
        done.GetProperty("minutesToFinish").GetDouble().ShouldBe(4, 0.01);
        foreach (var link in Links(review).Distinct().Where(link => link.StartsWith("/early-warning/", StringComparison.Ordinal) && !link.EndsWith($"/events/{id}", StringComparison.Ordinal)))
        {
            using var part = await office.HealthOfficer.GetAsync(link);
            part.StatusCode.ShouldBe(HttpStatusCode.OK, link);
        }

        foreach (var day in review.GetProperty("days").EnumerateArray())
        {
            var facts = JsonDocument.Parse(await office.HealthOfficer.GetStringAsync(day.GetProperty("link").GetString())).RootElement.GetProperty("items").EnumerateArray();
            facts.Sum(fact => fact.GetProperty("count").GetInt32()).ShouldBeGreaterThanOrEqualTo(day.GetProperty("count").GetInt32());
        }
    }

    [Theory]
    [InlineData("zh-CN", "复盘报告", "各部门")]
    [InlineData("en", "After-action review", "Departments")]
    public async Task A_review_is_read_as_markdown_and_as_a_page_in_both_languages_and_what_people_typed_stays_text(string language, string title, string heading)
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var id = await ResponseTests.EventAsync(office, firstDaysAgo: 0);
        await office.PostAsync(office.HealthOfficer, $"events/{id}/response", new { hazard = "service-outage" });
        using var services = office.App.AsOfficer(Guid.CreateVersion7(), "government-services", Roles.DepartmentOfficer);
        var task = (await office.GetAsync(services, "tasks")).GetProperty("items")[0].GetProperty("taskId").GetString();
        await office.PostAsync(services, $"tasks/{task}/reports", new { text = "<script>alert(1)</script> | [x](javascript:y)" });
        await CloseAsync(office, id);
        await Eventually.Async(async () => (await office.HealthOfficer.GetAsync($"/early-warning/v1/events/{id}/review")).IsSuccessStatusCode);
        using var reader = office.HealthOfficer;
        reader.DefaultRequestHeaders.Add("Accept-Language", language);

        var markdown = await reader.GetStringAsync($"/early-warning/v1/events/{id}/review/markdown");
        var page = await reader.GetStringAsync($"/early-warning/v1/events/{id}/review/page");

        markdown.ShouldContain($"# {title}");
        page.ShouldContain($"<title>{title}</title>");
        page.ShouldContain(heading);
        page.ShouldContain("<table>");
        page.ShouldContain("@media print");
        page.ShouldNotContain("<script");
        page.ShouldNotContain("href=\"javascript");
    }

    [Fact]
    public async Task A_lesson_is_a_change_with_owner_and_day_that_is_settled_by_a_version_in_force()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var owner = office.App.AsOfficer(Guid.CreateVersion7(), "public-security", Roles.DepartmentOfficer);
        using var other = office.App.AsOfficer(Guid.CreateVersion7(), "water-works", Roles.DepartmentOfficer);
        var id = await ResponseTests.EventAsync(office, firstDaysAgo: 0);
        var lesson = new { target = "plan", targetKey = "infectious-disease", en = "Shorter.", zh = "缩短。", owner = "public-security", dueOn = "2026-04-01" };
        await office.PostAsync(office.HealthOfficer, $"events/{id}/lessons", lesson, HttpStatusCode.Conflict);
        await CloseAsync(office, id);

        await office.PostAsync(office.HealthOfficer, $"events/{id}/lessons", lesson with { targetKey = "dragons" }, HttpStatusCode.BadRequest);
        await office.PostAsync(office.HealthOfficer, $"events/{id}/lessons", lesson with { dueOn = "2026-03-01" }, HttpStatusCode.BadRequest);
        var written = (await office.PostAsync(office.HealthOfficer, $"events/{id}/lessons", lesson)).GetProperty("lessonId").GetString();
        await office.PostAsync(other, $"lessons/{written}/settlement", new { state = "done", note = "Done.", version = 1 }, HttpStatusCode.Forbidden);
        await office.PostAsync(owner, $"lessons/{written}/settlement", new { state = "done", note = "Done.", version = 9 }, HttpStatusCode.BadRequest);
        await office.PostAsync(owner, $"lessons/{written}/settlement", new { state = "done", note = "Done." }, HttpStatusCode.Conflict);
        office.Clock.Set(new DateTimeOffset(2026, 4, 3, 0, 0, 0, TimeSpan.Zero));
        (await office.GetAsync(owner, $"lessons/{written}")).GetProperty("overdue").GetBoolean().ShouldBeTrue();
        (await office.PostAsync(owner, $"lessons/{written}/settlement", new { state = "done", note = "Version 1.", version = 1 })).GetProperty("state").GetString().ShouldBe("done");
        (await office.GetAsync(owner, "lessons?state=open")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_next_backtest_shows_what_the_change_of_a_lesson_would_have_done()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.IngestAsync("sickLeave", RuleTests.Calm(days: 60));
        var rule = new { code = "sick-cell", stream = "sickLeave", level = "cell", detector = "earsC2", department = "health-commission", minimumSigma = 1.0, minimumCount = 50 };
        await office.PostAsync(office.HealthOfficer, "rules", rule);
        await office.Database.ExecuteAsync($"UPDATE detection_rules SET state = 'Live', live_from = '{office.Clock.GetUtcNow():O}' WHERE code = 'sick-cell'");
        var cell = RuleTests.CellAt(0);
        await office.IngestAsync("sickLeave", $"area,at,value\n{cell},2026-03-17,30\n{cell},2026-03-18,40\n{cell},2026-03-19,90\n");
        var alarm = (await office.AlarmsAsync()).ShouldHaveSingleItem();
        var id = alarm.GetProperty("eventId").GetString()!;
        await CloseAsync(office, id);
        var lesson = new { target = "threshold", targetKey = "sick-cell", en = "From five on.", zh = "五例起报。", owner = "health-commission", dueOn = "2026-04-01" };
        (await office.PostAsync(office.HealthOfficer, $"events/{id}/lessons", lesson with { targetKey = "no-such-rule" }, HttpStatusCode.BadRequest)).GetProperty("code").GetString().ShouldBe("lesson_target_unknown");
        var written = (await office.PostAsync(office.HealthOfficer, $"events/{id}/lessons", lesson)).GetProperty("lessonId").GetString();

        await office.PostAsync(office.HealthOfficer, "rules", rule with { minimumCount = 5 });
        await office.PostAsync(office.HealthOfficer, $"lessons/{written}/settlement", new { state = "done", note = "Version 2.", version = 2 }, HttpStatusCode.BadRequest);
        await office.PostAsync(office.HealthOfficer, "rules/sick-cell/versions/2/backtests", new { from = "2026-02-10", until = "2026-03-19" });

        var change = (await office.GetAsync(office.HealthOfficer, "rules/sick-cell/versions/2/backtests")).GetProperty("items")[0].GetProperty("change");
        var before = change.GetProperty("inForce");
        (before.GetProperty("version").GetInt32(), before.GetProperty("alarms").GetInt32()).ShouldBe((1, 1));
        var effect = change.GetProperty("lessons").EnumerateArray().ShouldHaveSingleItem();
        (effect.GetProperty("lessonId").GetString(), effect.GetProperty("eventId").GetString()).ShouldBe((written, id));
        (effect.GetProperty("noticed").GetString(), effect.GetProperty("wouldBeNoticed").GetString(), effect.GetProperty("daysSooner").GetInt32()).ShouldBe(("2026-03-19", "2026-03-17", 2));
    }

    [Fact]
    public async Task Bookings_are_on_the_timeline_and_in_the_cockpit_and_the_count_that_was_made_last_holds()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var hour = WatchOffice.Noon.ToUniversalTime().AddHours(-1);
        using var officer = office.HealthOfficer;
        Bookings(await office.GetAsync(officer, "cockpit")).TryGetProperty("value", out _).ShouldBeFalse();

        await office.PublishAsync(new BookingsCounted("masks", WatchOffice.Cell, hour, 40, 7, 0, hour.AddMinutes(50)));
        await office.PublishAsync(new BookingsCounted("masks", WatchOffice.Cell, hour, 12, 0, 28, hour.AddMinutes(10)));

        (await TimelineAsync(office, "bookings")).ShouldHaveSingleItem().GetProperty("count").GetInt32().ShouldBe(40);
        await Eventually.Async(async () => Bookings(await office.GetAsync(officer, "cockpit")).TryGetProperty("value", out var value) && value.GetDouble() == 40);

        static JsonElement Bookings(JsonElement cockpit) => cockpit.GetProperty("figures").EnumerateArray().Single(figure => figure.GetProperty("name").GetString() == "bookings");
    }

    [Fact]
    public async Task Changes_of_codes_are_counted_once_however_often_they_are_told_and_a_withdrawal_may_come_first()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var noon = WatchOffice.Noon.ToUniversalTime();
        await office.PublishTwiceAsync(new HealthCodeChanged(Guid.CreateVersion7(), CodeColor.Green, CodeColor.Red, WatchOffice.Cell, 2, noon.AddDays(7), noon));
        var withdrawn = new CaseConfirmed(Guid.CreateVersion7(), Guid.CreateVersion7(), WatchOffice.Cell, noon, noon, noon.AddDays(1), noon);
        await office.PublishAsync(new CaseWithdrawn(withdrawn.CaseId, withdrawn.CitizenId, WatchOffice.Cell, noon, noon.AddHours(1)));
        await office.PublishAsync(withdrawn);

        (await TimelineAsync(office, "codeChanges")).ShouldHaveSingleItem().GetProperty("count").GetInt32().ShouldBe(1);
        (await TimelineAsync(office, "case")).ShouldBeEmpty();
    }

    private static async Task<JsonElement[]> TimelineAsync(WatchOffice office, string kind) =>
        [.. (await office.GetAsync(office.HealthOfficer, $"timeline?kind={kind}&from=2026-03-20T00:00:00Z&to=2026-03-21T00:00:00Z&cell={WatchOffice.Cell}")).GetProperty("items").EnumerateArray()];

    private static Task CloseAsync(WatchOffice office, string id) =>
        office.Database.ExecuteAsync($"UPDATE events SET state = 'Closed', decided_at = '{office.Clock.GetUtcNow():O}', reason = 'Over.' WHERE id = '{id}'");

    private static int Count(JsonElement review, string kind) => review.GetProperty("days").EnumerateArray().Where(day => day.GetProperty("kind").GetString() == kind).Sum(day => day.GetProperty("count").GetInt32());

    private static IEnumerable<string> Links(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name == "link" ? [member.Value.GetString()!] : Links(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Links),
        _ => [],
    };
}

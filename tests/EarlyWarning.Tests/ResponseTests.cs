using System.Net;
using System.Text.Json;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class ResponseTests(CityServers servers)
{
    private static readonly object Plan = new
    {
        steps = new[]
        {
            new { key = "a", department = "public-security", escalatesTo = "emergency-management", acknowledgeMinutes = 30, finishMinutes = 60, isEarlyResponse = true, en = "Do a.", zh = "做甲。" },
            new { key = "b", department = "government-services", escalatesTo = "emergency-management", acknowledgeMinutes = 60, finishMinutes = 120, isEarlyResponse = true, en = "Do b.", zh = "做乙。" },
        },
    };

    [Fact]
    public async Task A_drill_gives_every_department_of_the_plan_its_task_once_and_each_sees_its_own_only()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var security = office.App.AsOfficer(Guid.CreateVersion7(), "public-security", Roles.DepartmentOfficer);
        using var stranger = office.App.AsOfficer(Guid.CreateVersion7(), "water-works", Roles.DepartmentOfficer);
        var key = Guid.CreateVersion7();

        var response = await office.SendAsync(office.HealthOfficer, HttpMethod.Post, "drills", new { hazard = "infectious-disease", cell = WatchOffice.Cell }, key: key);
        await office.SendAsync(office.HealthOfficer, HttpMethod.Post, "drills", new { hazard = "infectious-disease", cell = WatchOffice.Cell }, key: key);

        response.GetProperty("tasks").GetArrayLength().ShouldBe(5);
        (await office.Database.ScalarAsync<long>("SELECT count(*) FROM department_tasks WHERE is_exercise")).ShouldBe(5);
        (await TasksAsync(office, office.HealthOfficer)).Length.ShouldBe(5);
        var mine = (await TasksAsync(office, security)).ShouldHaveSingleItem();
        mine.GetProperty("step").GetString().ShouldBe("trace");
        (await TasksAsync(office, stranger)).ShouldBeEmpty();
        await office.GetAsync(stranger, $"tasks/{Id(mine)}", HttpStatusCode.NotFound);
        await office.PostAsync(stranger, $"tasks/{Id(mine)}/acknowledgement", expected: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_department_takes_note_reports_and_hands_over_and_the_history_tells()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var security = office.App.AsOfficer(Guid.CreateVersion7(), "public-security", Roles.DepartmentOfficer);
        using var services = office.App.AsOfficer(Guid.CreateVersion7(), "government-services", Roles.DepartmentOfficer);
        await DrillAsync(office);
        var id = Id((await TasksAsync(office, security))[0]);

        office.Clock.Advance(TimeSpan.FromSeconds(1));
        await office.PostAsync(security, $"tasks/{id}/acknowledgement");
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        await office.PostAsync(security, $"tasks/{id}/acknowledgement");
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        await office.PostAsync(security, $"tasks/{id}/reports", new { text = "Half are found." });
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        await office.PostAsync(security, $"tasks/{id}/handover", new { department = "nobody", reason = "Not ours." }, HttpStatusCode.BadRequest);
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        var handed = await office.PostAsync(security, $"tasks/{id}/handover", new { department = "government-services", reason = "They run the hotline." });
        handed.GetProperty("state").GetString().ShouldBe("assigned");
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        await office.PostAsync(security, $"tasks/{id}/reports", new { text = "Still ours?" }, HttpStatusCode.NotFound);
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        (await office.PostAsync(services, $"tasks/{id}/reports", new { text = "All are found.", done = true })).GetProperty("state").GetString().ShouldBe("done");
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        (await office.PostAsync(services, $"tasks/{id}/handover", new { department = "public-security", reason = "Back." }, HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("task_done");

        var notes = (await office.GetAsync(office.HealthOfficer, $"tasks/{id}")).GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("kind").GetString());
        notes.ShouldBe(["assigned", "acknowledged", "reported", "handedOver", "done"]);
    }

    [Fact]
    public async Task A_task_that_nobody_takes_note_of_reaches_the_department_above_within_a_minute_of_its_deadline_and_not_before()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var above = office.App.AsOfficer(Guid.CreateVersion7(), "emergency-management", Roles.DepartmentOfficer);
        using var security = office.App.AsOfficer(Guid.CreateVersion7(), "public-security", Roles.DepartmentOfficer);
        var tasks = (await DrillAsync(office)).GetProperty("tasks").EnumerateArray().ToList();
        var trace = Id(tasks.Single(task => task.GetProperty("step").GetString() == "trace"));
        var supplies = Id(tasks.Single(task => task.GetProperty("step").GetString() == "supplies"));
        await office.PostAsync(security, $"tasks/{trace}/acknowledgement");
        await office.GetAsync(above, $"tasks/{supplies}", HttpStatusCode.NotFound);

        var deadline = tasks.Single(task => Id(task) == supplies).GetProperty("acknowledgeBy").GetDateTimeOffset();
        office.Clock.Set(deadline);

        await Eventually.Async(async () => (await TasksAsync(office, above)).Any(task => Id(task) == supplies));
        var escalated = (await office.GetAsync(above, $"tasks/{supplies}")).GetProperty("task").GetProperty("escalatedAt").GetDateTimeOffset();
        (escalated - deadline).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(1));
        (await office.Database.ScalarAsync<long>($"SELECT count(*) FROM task_notes WHERE task_id = '{supplies}' AND kind = 'Escalated'")).ShouldBe(1);
        (await TasksAsync(office, above)).ShouldNotContain(task => Id(task) == trace);
        await office.PostAsync(above, $"tasks/{supplies}/acknowledgement");
    }

    [Fact]
    public async Task A_plan_is_in_force_once_a_second_person_agrees_and_a_response_keeps_the_version_it_began_with()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var author = Guid.CreateVersion7();
        using var writing = office.App.AsOfficer(author, "health-commission", Roles.HealthOfficer, Roles.Approver);
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);

        await office.PostAsync(writing, "plans/infectious-disease/3", Plan, HttpStatusCode.Conflict);
        await office.PostAsync(writing, "plans/infectious-disease/2", Plan);
        await office.PostAsync(writing, "plans/infectious-disease/2", Plan);
        await office.PostAsync(writing, "plans/infectious-disease/2/approval", expected: HttpStatusCode.Forbidden);
        (await DrillAsync(office)).GetProperty("planVersion").GetInt32().ShouldBe(1);
        await office.PostAsync(approver, "plans/infectious-disease/2/approval");

        (await DrillAsync(office)).GetProperty("planVersion").GetInt32().ShouldBe(2);
        (await office.GetAsync(approver, "plans")).GetProperty("items").EnumerateArray().Count(plan => plan.GetProperty("hazard").GetString() == "infectious-disease").ShouldBe(2);
    }

    [Fact]
    public async Task Seven_one_seven_is_measured_from_the_first_day_to_the_last_early_action_and_drills_are_not_counted()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var id = await EventAsync(office, firstDaysAgo: 3);
        await DrillAsync(office);
        using var security = office.App.AsOfficer(Guid.CreateVersion7(), "public-security", Roles.DepartmentOfficer);
        office.Clock.Advance(TimeSpan.FromHours(12));
        await office.PostAsync(office.HealthOfficer, $"events/{id}/response", new { hazard = "service-outage" });
        (await office.GetAsync(security, $"events/{id}/timeliness")).TryGetProperty("met", out _).ShouldBeFalse();
        office.Clock.Advance(TimeSpan.FromHours(36));
        foreach (var task in (await TasksAsync(office, office.HealthOfficer)).Where(task => task.GetProperty("eventId").GetString() == id))
        {
            using var officer = office.App.AsOfficer(Guid.CreateVersion7(), task.GetProperty("department").GetString()!, Roles.DepartmentOfficer);
            await office.PostAsync(officer, $"tasks/{Id(task)}/reports", new { text = "Done.", done = true });
        }

        var time = await office.GetAsync(security, $"events/{id}/timeliness");
        time.GetProperty("daysToDetect").GetDouble().ShouldBe(3.5, 1e-9);
        time.GetProperty("daysToNotify").GetDouble().ShouldBe(0.5, 1e-9);
        time.GetProperty("daysToRespond").GetDouble().ShouldBe(1.5, 1e-9);
        time.GetProperty("met").GetBoolean().ShouldBeTrue();
        var summary = await office.GetAsync(security, "timeliness");
        (summary.GetProperty("events").GetInt32(), summary.GetProperty("met").GetInt32()).ShouldBe((1, 1));
    }

    internal static async Task<JsonElement> DrillAsync(WatchOffice office) => await office.PostAsync(office.HealthOfficer, "drills", new { hazard = "infectious-disease", cell = WatchOffice.Cell });

    /// <summary>A confirmed event, noticed now.</summary>
    internal static async Task<string> EventAsync(WatchOffice office, int firstDaysAgo)
    {
        var id = Guid.CreateVersion7();
        await office.App.Anyone().GetAsync("/health/live");
        await office.Database.ExecuteAsync($"""
            INSERT INTO events (id, area, department, is_exercise, opened_at, first_day, last_day, state, decided_by, decided_at, reason)
            VALUES ('{id}', '{WatchOffice.Cell}', 'health-commission', false, '{office.Clock.GetUtcNow():O}', '{WatchOffice.Day(firstDaysAgo):yyyy-MM-dd}', '{WatchOffice.Day(0):yyyy-MM-dd}', 'Confirmed', '{Guid.CreateVersion7()}', '{office.Clock.GetUtcNow():O}', 'Confirmed.')
            """);
        return id.ToString();
    }

    private static string Id(JsonElement task) => task.GetProperty("taskId").GetString()!;

    private static async Task<JsonElement[]> TasksAsync(WatchOffice office, HttpClient client) => [.. (await office.GetAsync(client, "tasks")).GetProperty("items").EnumerateArray()];
}

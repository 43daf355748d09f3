using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>What the one door promises, whatever the service.</summary>
public sealed class ApplicationTests(CityServers servers)
{
    [Fact]
    public async Task With_consent_the_city_fills_in_what_it_knows_and_the_person_can_read_that_it_did()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out var account);

        var draft = await citizen.PrefilledAsync("event-permit");

        draft.FieldsFromCity.ShouldBe(["applicantName", "citizenNumber", "phone"]);
        draft.Form["applicantName"].GetString().ShouldBe("李雷");
        draft.Materials.Single(material => material.Key == "identity").SatisfiedBy.ShouldBe(MaterialSource.Register);
        draft.Problems.ShouldContain(new DraftProblem("material_missing", "materials.plan"));
        var asked = city.Register.Asked.ShouldHaveSingleItem();
        var use = (await citizen.ReadAsync<Page<DataUseView>>("/me/data-uses")).Items.ShouldHaveSingleItem();
        asked.ShouldBe(new GetPersonalRecordRequest { AccountId = account.ToString(), Purpose = Purpose.Form, ConsentReference = use.Id.ToString() });
        use.ShouldSatisfyAllConditions(
            () => use.Service.ShouldBe("event-permit"),
            () => use.Facts.ShouldBe(["person.name", "person.citizenNumber", "person.phone"]),
            () => use.ReadAt.ShouldBe(GovernmentCity.Start),
            () => use.ApplicationId.ShouldBeNull());

        var application = await citizen.AppliedAsync("event-permit", Applications.EventForm());

        (await citizen.ReadAsync<Page<DataUseView>>("/me/data-uses")).Items.ShouldContain(other => other.ApplicationId == application.Id);
        (await city.Citizen().ReadAsync<Page<DataUseView>>("/me/data-uses")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_consent_nothing_is_read_and_the_paper_is_asked_for()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);

        await (await citizen.PostJsonAsync("/me/drafts/event-permit/prefill", new PrefillRequest(Consent: false))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "consent_missing");

        city.Register.Asked.ShouldBeEmpty();
        using var response = await citizen.PutJsonAsync("/me/drafts/event-permit", new DraftRequest(Applications.EventForm()));
        (await response.OfAsync<DraftView>()).Problems.ShouldContain(new DraftProblem("material_missing", "materials.identity"));
    }

    [Fact]
    public async Task Whom_the_register_does_not_know_and_a_register_that_is_down_are_told_apart()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        await (await city.Citizen().PostJsonAsync("/me/drafts/event-permit/prefill", new PrefillRequest(true))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "person_not_registered");
        city.Register.Fault = StatusCode.Unavailable;
        var citizen = city.Registered(out _);
        await (await citizen.PostJsonAsync("/me/drafts/event-permit/prefill", new PrefillRequest(true)))
            .ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "dependency_unavailable");
        (await citizen.ReadAsync<Page<DataUseView>>("/me/data-uses")).Items.ShouldHaveSingleItem().ReadAt.ShouldBeNull("agreed, but not read");
    }

    [Fact]
    public async Task What_the_register_says_cannot_be_overwritten_in_a_form()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var form = new Dictionary<string, JsonElement>(Applications.ResidenceForm()) { ["applicantName"] = JsonSerializer.SerializeToElement("韩梅梅") };

        var application = await citizen.AppliedAsync("temporary-residence", form);

        var mine = await citizen.MineAsync(application);
        mine.Form["applicantName"].GetString().ShouldBe("李雷");
        mine.FieldsFromCity.ShouldContain("applicantName");
    }

    [Fact]
    public async Task A_form_is_checked_field_by_field()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        await citizen.PrefilledAsync("temporary-residence");

        using var response = await citizen.PostJsonAsync("/me/applications", new SubmitRequest(
            "temporary-residence", Applications.Form("""{ "address": "", "housing": "rented", "since": "yesterday", "surprise": 1 }""")));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("errors").EnumerateArray().Select(error => (error.GetProperty("field").GetString(), error.GetProperty("code").GetString())).ShouldBe(
            [
                ("form.address", "length_invalid"), ("form.since", "format_invalid"), ("form.surprise", "field_unknown"),
                ("form.landlordName", "value_missing"), ("form.landlordPhone", "value_missing"), ("materials.proof-of-housing", "material_missing"),
            ],
            ignoreOrder: true);
        problem.RootElement.GetProperty("errors").EnumerateArray().ShouldAllBe(error => error.GetProperty("message").GetString()!.Length > 10);
    }

    [Fact]
    public async Task A_draft_is_kept_until_it_is_submitted_and_is_the_persons_own()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out var account);
        (await citizen.PutJsonAsync("/me/drafts/event-permit", new DraftRequest(Applications.Form("""{ "eventName": "书展" }""")))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await citizen.PrefilledAsync("event-permit");

        var kept = await city.Citizen(account).ReadAsync<DraftView>("/me/drafts/event-permit");
        kept.Form["eventName"].GetString().ShouldBe("书展");
        kept.Form["applicantName"].GetString().ShouldBe("李雷");
        await (await city.Citizen().GetAsync($"{GovernmentCity.Path}/me/drafts/event-permit")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await citizen.GetAsync($"{GovernmentCity.Path}/me/drafts/no-such-service")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");

        await citizen.AppliedAsync("event-permit", Applications.EventForm());
        await (await citizen.GetAsync($"{GovernmentCity.Path}/me/drafts/event-permit")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await citizen.PrefilledAsync("event-permit");
        (await citizen.DeleteAsync($"{GovernmentCity.Path}/me/drafts/event-permit")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM drafts")).ShouldBe(0);
    }

    [Fact]
    public async Task An_application_sent_many_times_at_once_to_two_replicas_is_one_and_the_news_of_its_end_comes_once()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        await using var tap = await BrokerTap<ApplicationDecided>.OnAsync(city.Broker);
        var citizen = city.Registered(out var account);
        await citizen.PrefilledAsync("temporary-residence");
        var request = new SubmitRequest("temporary-residence", Applications.ResidenceForm(), new Dictionary<string, Guid> { ["proof-of-housing"] = await citizen.AttachedAsync() });
        CityApp<Program>[] replicas = [city.App, city.AddReplica()];
        var key = Guid.NewGuid();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => replicas[n % 2].As(account, Roles.Citizen).PostedAsync<ApplicationSummary>("/me/applications", request, key)));

        answers.Distinct().ShouldHaveSingleItem();
        await (await citizen.PostJsonAsync("/me/applications", request with { Form = Applications.ResidenceForm("family") }, key))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        (await replicas[1].As(account, Roles.Citizen).ReadAsync<Page<ApplicationSummary>>("/me/applications")).Items.ShouldBe([answers[0]], "who wrote reads it at once, wherever");
        await citizen.PostedAsync<ApplicationSummary>($"/me/applications/{answers[0].Id}/withdrawal", null);
        await citizen.PostedAsync<ApplicationSummary>($"/me/applications/{answers[0].Id}/withdrawal", null);
        var second = await citizen.AppliedAsync("temporary-residence", Applications.ResidenceForm());
        await citizen.PostedAsync<ApplicationSummary>($"/me/applications/{second.Id}/withdrawal", null);
        // The second is sent no sooner than a repetition of the first would have been.
        await Eventually.Async(() => tap.Events.Any(end => end.ApplicationId == second.Id));
        tap.Events.ShouldBe(
            [
                new ApplicationDecided(answers[0].Id, "temporary-residence", "withdrawn", GovernmentCity.Start),
                new ApplicationDecided(second.Id, "temporary-residence", "withdrawn", GovernmentCity.Start),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Departments_that_decide_at_the_same_moment_are_both_heard()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        for (var round = 0; round < 3; round++)
        {
            var application = await citizen.AppliedAsync("event-permit", Applications.EventForm());

            await Task.WhenAll(
                city.Officer(GovernmentCity.Security).DecidedAsync(application, "security"), city.Officer(GovernmentCity.Health).DecidedAsync(application, "epidemic"));

            var mine = await citizen.MineAsync(application);
            mine.Application.State.ShouldBe(ApplicationState.Approved);
            mine.Entries.Count(entry => entry.Kind == EntryKind.StepApproved).ShouldBe(2);
            mine.Entries.Select(entry => entry.Number).ShouldBe(Enumerable.Range(1, mine.Entries.Count));
        }
    }

    [Fact]
    public async Task A_returned_application_stops_its_clock_and_all_departments_look_at_the_correction()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var application = await citizen.AppliedAsync("event-permit", Applications.EventForm());
        await city.Officer(GovernmentCity.Health).DecidedAsync(application, "epidemic");
        city.Clock.Advance(TimeSpan.FromHours(5));
        await city.Officer(GovernmentCity.Security).DecidedAsync(application, "security", StepOutcome.Returned, "请说明出入口人数");

        var returned = await citizen.MineAsync(application);
        returned.Application.State.ShouldBe(ApplicationState.WithApplicant);
        returned.Entries[^1].Remark.ShouldBe("请说明出入口人数");
        (await city.Officer(GovernmentCity.Health).InboxAsync()).ShouldBeEmpty();
        city.Clock.Advance(TimeSpan.FromDays(30));
        await city.App.Services.GetRequiredService<EscalateOverdue>().EscalateAsync(CancellationToken.None);
        var key = Guid.NewGuid();
        var correction = new CorrectRequest(Applications.EventForm(attendance: 1200));
        var corrected = await citizen.PostedAsync<ApplicationSummary>($"/me/applications/{application.Id}/correction", correction, key);

        corrected.ShouldBe(application with { DueAt = application.DueAt.AddDays(30) });
        (await citizen.PostedAsync<ApplicationSummary>($"/me/applications/{application.Id}/correction", correction, key)).ShouldBe(corrected);
        await (await citizen.PostJsonAsync($"/me/applications/{application.Id}/correction", correction)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "application_not_returned");
        await city.Officer(GovernmentCity.Health).DecidedAsync(application, "epidemic");
        await city.Officer(GovernmentCity.Security).DecidedAsync(application, "security");
        (await citizen.MineAsync(application)).Application.State.ShouldBe(ApplicationState.InProgress, "with 1,200 people a third department has a say");
        await city.Officer(GovernmentCity.Emergency).DecidedAsync(application, "safety");
        (await citizen.MineAsync(application)).Application.ShouldSatisfyAllConditions(
            mine => mine.State.ShouldBe(ApplicationState.Approved), mine => mine.Overdue.ShouldBeFalse());
    }

    [Fact]
    public async Task A_step_is_one_officers_until_it_is_released_delegated_or_too_late()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var application = await citizen.AppliedAsync("temporary-residence", Applications.ResidenceForm());
        var (first, secondId) = (city.Officer(GovernmentCity.Security), Guid.NewGuid());
        var second = city.Officer(GovernmentCity.Security, secondId);
        var step = (await first.InboxAsync()).ShouldHaveSingleItem();
        var path = $"/department/steps/{step.Id}";

        await (await first.PostJsonAsync($"{path}/decision", new DecideStepRequest(StepOutcome.Approved))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "step_not_claimed");
        (await first.PostedAsync<StepSummary>($"{path}/claim", null)).Claimed.ShouldBe(ClaimedBy.Me);
        await (await second.PostJsonAsync($"{path}/claim", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "step_claimed");
        await (await second.PostJsonAsync($"{path}/decision", new DecideStepRequest(StepOutcome.Approved))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "step_not_claimed");
        (await first.PostedAsync<StepSummary>($"{path}/release", null)).Claimed.ShouldBe(ClaimedBy.Nobody);
        await first.PostedAsync<StepSummary>($"{path}/claim", null);
        (await first.PostedAsync<StepSummary>($"{path}/delegation", new DelegateRequest(secondId))).Claimed.ShouldBeNull("it is a colleague's now");
        (await second.ReadAsync<Page<StepSummary>>("/department/steps?claimed=me")).Items.ShouldHaveSingleItem().Id.ShouldBe(step.Id);
        (await second.ReadAsync<Page<StepSummary>>("/department/steps?claimed=nobody")).Items.ShouldBeEmpty();
        await (await second.PostJsonAsync($"{path}/decision", new DecideStepRequest(StepOutcome.Refused))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "reason_missing");
        await second.PostedAsync<StepSummary>($"{path}/decision", new DecideStepRequest(StepOutcome.Refused, "地址不存在"));
        await second.PostedAsync<StepSummary>($"{path}/decision", new DecideStepRequest(StepOutcome.Refused, "地址不存在"));
        await (await second.PostJsonAsync($"{path}/decision", new DecideStepRequest(StepOutcome.Approved))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "step_finished");

        var mine = await citizen.MineAsync(application);
        mine.Application.State.ShouldBe(ApplicationState.Refused);
        mine.Entries.Select(entry => entry.Kind).ShouldBe(
            [
                EntryKind.Submitted, EntryKind.StageEntered, EntryKind.Claimed, EntryKind.Released, EntryKind.Claimed, EntryKind.Delegated, EntryKind.StepRefused,
                EntryKind.Refused,
            ]);
        mine.CertificateId.ShouldBeNull();
    }

    [Fact]
    public async Task What_takes_too_long_goes_to_the_higher_department_by_itself_once_and_what_is_promised_shows()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var application = await citizen.AppliedAsync("temporary-residence", Applications.ResidenceForm());
        var slow = city.Officer(GovernmentCity.Security);
        var step = (await slow.InboxAsync()).Single();
        await slow.PostedAsync<StepSummary>($"/department/steps/{step.Id}/claim", null);
        EscalateOverdue[] clocks = [city.App.Services.GetRequiredService<EscalateOverdue>(), city.AddReplica().Services.GetRequiredService<EscalateOverdue>()];
        Task TickAsync() => Task.WhenAll(clocks.Select(clock => clock.EscalateAsync(CancellationToken.None)));

        city.Clock.Set(step.DueAt!.Value.AddSeconds(-1));
        await TickAsync();
        (await city.Officer(GovernmentCity.Services).InboxAsync()).ShouldBeEmpty();
        city.Clock.Set(step.DueAt!.Value);
        await TickAsync();
        await TickAsync();

        var higher = (await city.Officer(GovernmentCity.Services).InboxAsync()).ShouldHaveSingleItem();
        higher.ShouldSatisfyAllConditions(
            () => higher.Id.ShouldBe(step.Id), () => higher.EscalatedFrom.ShouldBe(GovernmentCity.Security), () => higher.Claimed.ShouldBe(ClaimedBy.Nobody),
            () => higher.Overdue.ShouldBeTrue());
        (await slow.InboxAsync()).ShouldHaveSingleItem("whose it was may still do it");
        (await HealthAsync(city)).ShouldBe(HealthStatus.Healthy);
        city.Clock.Set(application.DueAt);
        await TickAsync();
        (await HealthAsync(city)).ShouldBe(HealthStatus.Degraded);
        await city.Officer(GovernmentCity.Services).DecidedAsync(application, "residence");

        (await HealthAsync(city)).ShouldBe(HealthStatus.Healthy);
        var mine = await citizen.MineAsync(application);
        mine.Application.ShouldSatisfyAllConditions(summary => summary.State.ShouldBe(ApplicationState.Approved), summary => summary.Overdue.ShouldBeTrue());
        mine.Entries.Count(entry => entry.Kind == EntryKind.Escalated).ShouldBe(1);
        mine.Entries.Count(entry => entry.Kind == EntryKind.Overdue).ShouldBe(1);
    }

    [Fact]
    public async Task Applications_are_closed_to_others_and_the_applicant_sees_who_opened_theirs()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var application = await citizen.AppliedAsync("event-permit", Applications.EventForm());
        var (health, stranger) = (city.Officer(GovernmentCity.Health), city.Officer(GovernmentCity.Emergency));
        var step = (await health.InboxAsync()).Single();
        (await citizen.MineAsync(application)).Entries.ShouldNotContain(entry => entry.Kind == EntryKind.Opened, "the inbox shows nothing of an applicant");

        await (await city.Citizen().GetAsync($"{GovernmentCity.Path}/me/applications/{application.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await city.Citizen().PostJsonAsync($"/me/applications/{application.Id}/withdrawal", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await stranger.GetAsync($"{GovernmentCity.Path}/department/steps/{step.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await stranger.GetAsync($"{GovernmentCity.Path}/department/steps/{step.Id}/materials/plan")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await stranger.PostJsonAsync($"/department/steps/{step.Id}/claim", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        city.Clock.Advance(TimeSpan.FromMinutes(9));
        var opened = await health.ReadAsync<DepartmentStep>($"/department/steps/{step.Id}");
        var plan = await health.GetByteArrayAsync($"{GovernmentCity.Path}/department/steps/{step.Id}/materials/plan");

        opened.Fields.Select(field => field.Key).ShouldBe(["eventName", "place", "startsOn", "endsOn", "attendance", "outdoors"], "a department sees what it needs");
        plan.ShouldBe(Applications.Pdf);
        var openings = (await city.App.As(await OwnerAsync(city), Roles.Citizen).WithLanguage("zh-CN").MineAsync(application)).Entries.Where(entry => entry.Kind == EntryKind.Opened).ToArray();
        openings.Length.ShouldBe(2);
        openings[0].ShouldSatisfyAllConditions(
            entry => entry.Text.ShouldBe("卫生健康委员会为“疫情防控审查”查看了您的申请。"), entry => entry.At.ShouldBe(GovernmentCity.Start.AddMinutes(9)),
            entry => entry.Department.ShouldBe(GovernmentCity.Health));
    }

    [Fact]
    public async Task A_proxy_applies_for_somebody_who_then_follows_it()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out var account);
        var worker = Guid.NewGuid();
        var proxy = city.App.With(TestTokens.Person(account, "government-services", department: null, worker, Roles.Proxy));

        var application = await proxy.AppliedAsync("temporary-residence", Applications.ResidenceForm());

        (await citizen.ReadAsync<Page<ApplicationSummary>>("/me/applications")).Items.ShouldBe([application]);
        (await city.Database.ScalarAsync<Guid>("SELECT actor_id FROM applications")).ShouldBe(worker);
        (await city.Database.ScalarAsync<Guid>("SELECT actor_id FROM data_uses")).ShouldBe(worker);
    }

    [Fact]
    public async Task Files_are_what_they_say_bounded_and_used_once()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, key) = (city.Registered(out _), Guid.NewGuid());

        var file = await citizen.AttachedAsync(key: key);
        (await citizen.AttachedAsync(key: key)).ShouldBe(file);
        await (await citizen.AttachAsync([.. Applications.Pdf, 1], "application/pdf", key)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        await (await citizen.AttachAsync(Applications.Pdf, "image/png")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "file_unreadable");
        await (await citizen.AttachAsync("<script>"u8.ToArray(), "text/html")).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
        await (await citizen.AttachAsync([.. Applications.Pdf, .. new byte[AddAttachment.MaxBytes]], "application/pdf"))
            .ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body_too_large");

        await citizen.PrefilledAsync("temporary-residence");
        var request = new SubmitRequest("temporary-residence", Applications.ResidenceForm(), new Dictionary<string, Guid> { ["proof-of-housing"] = file });
        await citizen.PostedAsync<ApplicationSummary>("/me/applications", request);
        await citizen.PrefilledAsync("temporary-residence");
        await (await citizen.PostJsonAsync("/me/applications", request)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "attachment_unknown");
        var stranger = city.Registered(out _);
        await stranger.PrefilledAsync("temporary-residence");
        await (await stranger.PostJsonAsync("/me/applications", request)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "attachment_unknown");
    }

    [Fact]
    public async Task What_people_apply_with_cannot_be_read_in_the_database()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _, name: "Li Lei");
        await citizen.PrefilledAsync("event-permit");
        var (_, credential) = await city.ResidentAsync(citizen);
        await city.Officer(GovernmentCity.Security).DecidedAsync(
            await citizen.AppliedAsync("temporary-residence", Applications.ResidenceForm()), "residence", StepOutcome.Refused, "Dear Li Lei");

        string[] tables = ["applications", "application_steps", "application_entries", "drafts", "data_uses", "attachments", "certificates"];
        foreach (var table in tables)
        {
            var rows = await city.Database.ScalarAsync<string>($"SELECT string_agg({table}::text, ' ') FROM {table}");
            foreach (var secret in new[] { "Li Lei", "310101198502030019", "13800001111", "南京路", "a scanned paper", credential[..40] })
            {
                rows.ShouldNotContain(secret, Case.Insensitive, table);
                rows.ShouldNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(secret)), Case.Insensitive, table);
            }
        }
    }

    [Fact]
    public async Task Applications_drafts_and_files_are_forgotten_when_their_time_is_over()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var decided = await citizen.AppliedAsync("temporary-residence", Applications.ResidenceForm());
        await city.Officer(GovernmentCity.Security).DecidedAsync(decided, "residence");
        var open = await citizen.AppliedAsync("event-permit", Applications.EventForm());
        await citizen.PrefilledAsync("event-permit");
        var unused = await citizen.AttachedAsync();

        async Task<string> RowsAfterAsync(double days)
        {
            city.Clock.Set(GovernmentCity.Start.AddDays(days));
            await city.App.Services.GetRequiredService<ForgetOldMatters>().ForgetAsync(CancellationToken.None);
            return await city.Database.ScalarAsync<string>($"""
                SELECT format('%s applications, %s of the decided, %s drafts, %s unused files, %s files, %s consents', (SELECT count(*) FROM applications),
                    (SELECT count(*) FROM application_entries WHERE application_id = '{decided.Id}'), (SELECT count(*) FROM drafts),
                    (SELECT count(*) FROM attachments WHERE id = '{unused}'), (SELECT count(*) FROM attachments), (SELECT count(*) FROM data_uses))
                """);
        }

        (await RowsAfterAsync(7)).ShouldBe("2 applications, 6 of the decided, 1 drafts, 1 unused files, 5 files, 3 consents");
        (await RowsAfterAsync(7.1)).ShouldBe("2 applications, 6 of the decided, 1 drafts, 0 unused files, 4 files, 3 consents");
        (await RowsAfterAsync(30.1)).ShouldBe("2 applications, 6 of the decided, 0 drafts, 0 unused files, 4 files, 3 consents");
        (await RowsAfterAsync(1825.1)).ShouldBe("1 applications, 0 of the decided, 0 drafts, 0 unused files, 3 files, 0 consents");
        (await citizen.MineAsync(open)).Application.State.ShouldBe(ApplicationState.InProgress, "what is open is kept");
    }

    private static async Task<HealthStatus> HealthAsync(GovernmentCity city) =>
        (await city.App.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "applications")).Status;

    private static Task<Guid> OwnerAsync(GovernmentCity city) => city.Database.ScalarAsync<Guid>("SELECT account_id FROM applications");
}

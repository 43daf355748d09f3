using System.Net;
using System.Text.Json;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.GovernmentServices.Features.Booking;
using SmartCity.GovernmentServices.Features.Certificates;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>The services that the city ships, each from the catalogue to its end.</summary>
public sealed class FiveServicesTests(CityServers servers)
{
    [Theory]
    [InlineData("口罩", new string[0])]
    [InlineData("复工", new[] { "enterprise-resumption-permit" })]
    [InlineData("permit", new[] { "event-permit", "enterprise-resumption-permit" })]
    [InlineData("老人 津贴", new[] { "elder-care-allowance" })]
    [InlineData("ALLOWANCE care", new[] { "elder-care-allowance" })]
    public async Task People_find_a_service_by_the_words_they_use(string words, string[] found)
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        var services = (await city.Anyone().ReadAsync<Page<ServiceSummary>>($"/services?q={Uri.EscapeDataString(words)}")).Items.Select(service => service.Key);

        services.ShouldBe(found, ignoreOrder: true);
    }

    [Fact]
    public async Task A_moment_in_life_leads_to_all_services_it_needs_and_a_service_says_all_that_is_to_be_known()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        var moments = (await city.Anyone("zh-CN").ReadAsync<Page<LifeEventView>>("/life-events")).Items;
        moments.Single(moment => moment.Key == "running-a-business").ShouldSatisfyAllConditions(
            moment => moment.Name.ShouldBe("办企业"),
            moment => moment.Services.Select(service => service.Key).ShouldBe(["enterprise-resumption-permit", "event-permit", "temporary-residence"], ignoreOrder: true));
        moments.ShouldAllBe(moment => moment.Services.Count > 0);
        (await city.Anyone().ReadAsync<Page<ServiceSummary>>("/services?applicants=organisation")).Items.ShouldHaveSingleItem().Key.ShouldBe("enterprise-resumption-permit");

        var all = (await city.Anyone().ReadAsync<Page<ServiceSummary>>("/services")).Items;
        all.Select(service => service.Key).ShouldBe(
            ["elder-care-allowance", "enterprise-resumption-permit", "event-permit", "temporary-residence", "test-appointment"], ignoreOrder: true);
        foreach (var service in all)
        {
            var (english, chinese) = (await city.Anyone().ReadAsync<ServiceView>($"/services/{service.Key}"), await city.Anyone("zh").ReadAsync<ServiceView>($"/services/{service.Key}"));
            english.Fields.Count.ShouldBe(english.Schema.GetProperty("properties").EnumerateObject().Count());
            english.Service.Name.ShouldNotBe(chinese.Service.Name);
            english.WhoMayApply.ShouldNotBe(chinese.WhoMayApply);
            english.Service.Promised.ShouldBeGreaterThan(TimeSpan.Zero);
            english.Stages.ShouldAllBe(stage => stage.Name.Length > 0);
        }

        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/services/haircut")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task An_enterprise_gets_its_permit_to_resume_work_from_four_departments_at_one_door()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var form = Applications.Form("""
            { "enterpriseName": "东方机械厂", "creditCode": "91310000MA1K00001X", "address": "工业路 8 号", "industry": "manufacturing", "resumesOn": "2022-03-10",
              "employees": 120, "employeesFromRiskAreas": 3, "measures": "分批返岗，每日测温" }
            """);
        await citizen.PrefilledAsync("enterprise-resumption-permit");
        using (var wrong = await citizen.PutJsonAsync("/me/drafts/enterprise-resumption-permit", new DraftRequest(form)))
            (await wrong.OfAsync<DraftView>()).Problems.ShouldContain(new DraftProblem("format_invalid", "form.creditCode"));
        form = new Dictionary<string, JsonElement>(form) { ["creditCode"] = JsonSerializer.SerializeToElement("11310000MB2F30003W") };

        var application = await citizen.AppliedAsync("enterprise-resumption-permit", form);
        await city.Officer(GovernmentCity.Health).DecidedAsync(application, "epidemic");
        (await citizen.MineAsync(application)).Application.Stage.ShouldBe("review", "the other department is not done");
        await city.Officer(GovernmentCity.Emergency).DecidedAsync(application, "safety");
        await city.Officer(GovernmentCity.Health).DecidedAsync(application, "isolation");
        await city.Officer(GovernmentCity.Services).DecidedAsync(application, "sign");

        var mine = await citizen.MineAsync(application);
        mine.Application.State.ShouldBe(ApplicationState.Approved);
        mine.Entries.Where(entry => entry.Kind == EntryKind.StageEntered).Select(entry => entry.Text)
            .ShouldBe(["Now: Departments review it together.", "Now: Employees from areas at risk are looked at.", "Now: The permit is signed."]);
        var permit = (await citizen.ReadAsync<Page<CertificateView>>("/me/certificates")).Items.ShouldHaveSingleItem();
        permit.Type.ShouldBe("resumption-permit");
        permit.ValidUntil.ShouldBe(GovernmentCity.Start.AddDays(180));

        var office = await citizen.AppliedAsync("enterprise-resumption-permit", new Dictionary<string, JsonElement>(form)
        {
            ["industry"] = JsonSerializer.SerializeToElement("office"), ["employeesFromRiskAreas"] = JsonSerializer.SerializeToElement(0),
        });
        (await city.Officer(GovernmentCity.Emergency).InboxAsync()).ShouldBeEmpty("an office needs no review of safety");
        await city.Officer(GovernmentCity.Health).DecidedAsync(office, "epidemic");
        (await citizen.MineAsync(office)).Application.Stage.ShouldBe("permit", "nobody from an area at risk: nobody to look at");
    }

    [Fact]
    public async Task A_test_appointment_stands_on_a_booking_of_the_applicants_own_and_gives_it_back_when_it_comes_to_nothing()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, late) = (city.Registered(out _), city.Registered(out _));
        var slot = await city.OfferAsync(capacity: 5);
        IReadOnlyDictionary<string, JsonElement> Form(Guid bookingId, bool symptoms) =>
            Applications.Form($$"""{ "bookingId": "{{bookingId}}", "reason": "travel", "symptoms": {{(symptoms ? "true" : "false")}} }""");
        var booking = await citizen.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);

        var application = await citizen.AppliedAsync("test-appointment", Form(booking.Id, symptoms: false));

        application.State.ShouldBe(ApplicationState.Approved, "nobody has to look at it");
        (await citizen.MineAsync(application)).BookingId.ShouldBe(booking.Id);
        await late.PrefilledAsync("test-appointment");
        await (await late.PostJsonAsync("/me/applications", new SubmitRequest("test-appointment", Form(booking.Id, false)))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "booking_unknown");
        await (await late.PostJsonAsync("/me/applications", new SubmitRequest("test-appointment", Form(Guid.NewGuid(), false)))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "booking_unknown");
        var own = await late.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);
        var ill = await late.AppliedAsync("test-appointment", Form(own.Id, symptoms: true));
        ill.State.ShouldBe(ApplicationState.InProgress, "a doctor calls first");
        await city.Officer(GovernmentCity.Health).DecidedAsync(ill, "doctor", StepOutcome.Refused, "请直接到发热门诊就诊");
        (await late.MineAsync(ill)).Application.State.ShouldBe(ApplicationState.Refused);
        await Eventually.Async(async () => (await late.ReadAsync<Page<BookingView>>("/me/bookings")).Items is []);
        (await citizen.ReadAsync<Page<BookingView>>("/me/bookings")).Items.ShouldHaveSingleItem("an approved application keeps its time").Id.ShouldBe(booking.Id);
        var again = await late.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);
        var withdrawn = await late.AppliedAsync("test-appointment", Form(again.Id, symptoms: true));
        await late.PrefilledAsync("test-appointment");
        await (await late.PostJsonAsync("/me/applications", new SubmitRequest("test-appointment", Form(again.Id, true)))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "booking_unknown");
        await late.PostedAsync<ApplicationSummary>($"/me/applications/{withdrawn.Id}/withdrawal", null);
        await Eventually.Async(async () => (await late.ReadAsync<Page<BookingView>>("/me/bookings")).Items is []);
        await city.CountsShouldEqualRowsAsync();
    }

    [Fact]
    public async Task An_old_person_proves_nothing_that_the_city_knows_and_a_young_one_is_told_why_not()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var form = Applications.Form("""{ "bankAccount": "6222000011112222", "careLevel": "partial", "livesAlone": true }""");
        var old = city.Registered(out _, birthDate: "1942-03-01");
        var (residence, _) = await city.ResidentAsync(old);

        var draft = await old.PrefilledAsync("elder-care-allowance");
        draft.Materials.ShouldAllBe(material => material.SatisfiedBy != null, "two papers are in the register, the third the city itself issued");
        var application = await old.AppliedAsync("elder-care-allowance", form);
        await city.Officer(GovernmentCity.Services).DecidedAsync(application, "entitlement");
        await city.Officer(GovernmentCity.Health).DecidedAsync(application, "assessment");

        var mine = await old.MineAsync(application);
        mine.Application.State.ShouldBe(ApplicationState.Approved);
        mine.Materials["proof-of-residence"].ShouldBe(new MaterialGiven(MaterialSource.Certificate, Certificate: residence.Number));
        var young = city.Registered(out _, birthDate: "1942-03-02");
        var why = (await young.PrefilledAsync("elder-care-allowance")).Problems.Single(problem => problem.Code == "not_eligible").Reason;
        why.ShouldBe("It can be applied for from the eightieth birthday on");
        await (await young.PostJsonAsync("/me/applications", new SubmitRequest("elder-care-allowance", form))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "not_eligible");

        var measured = (await city.Anyone().ReadAsync<Page<OnceOnlyView>>("/once-only")).Items;
        measured.Single(row => row.Service == "elder-care-allowance").ShouldBe(new OnceOnlyView("elder-care-allowance", "Elder-care allowance", 1, 3, 0));
        measured.Single(row => row.Service == "temporary-residence").ShouldBe(new OnceOnlyView("temporary-residence", "Temporary residence registration", 1, 2, 1));
    }

    [Theory]
    [InlineData(999, new[] { "security", "epidemic" }, false)]
    [InlineData(1000, new[] { "security", "epidemic", "safety" }, false)]
    [InlineData(5000, new[] { "security", "epidemic", "safety" }, true)]
    public async Task An_event_goes_to_the_departments_that_its_size_asks_for(int attendance, string[] steps, bool council)
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var departments = new Dictionary<string, string> { ["security"] = GovernmentCity.Security, ["epidemic"] = GovernmentCity.Health, ["safety"] = GovernmentCity.Emergency };

        var application = await citizen.AppliedAsync("event-permit", Applications.EventForm(attendance));
        foreach (var (step, department) in departments)
        {
            if (steps.Contains(step)) await city.Officer(department).DecidedAsync(application, step);
            else (await city.Officer(department).InboxAsync()).ShouldBeEmpty();
        }

        if (council)
        {
            (await citizen.MineAsync(application)).Application.Stage.ShouldBe("council");
            await city.Officer(GovernmentCity.Emergency).DecidedAsync(application, "council");
        }

        (await citizen.MineAsync(application)).Application.State.ShouldBe(ApplicationState.Approved);
    }

    [Fact]
    public async Task An_event_that_one_department_refuses_is_refused_with_the_reason_when_the_others_are_heard()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var application = await citizen.AppliedAsync("event-permit", Applications.EventForm());

        await city.Officer(GovernmentCity.Health).DecidedAsync(application, "epidemic", StepOutcome.Refused, "场地通风不足");
        await city.Officer(GovernmentCity.Security).DecidedAsync(application, "security");

        var mine = await citizen.MineAsync(application);
        mine.Application.State.ShouldBe(ApplicationState.Refused);
        mine.Entries.Single(entry => entry.Kind == EntryKind.StepRefused).Remark.ShouldBe("场地通风不足");
        (await citizen.ReadAsync<Page<CertificateView>>("/me/certificates")).Items.ShouldBeEmpty();
        await (await citizen.PostJsonAsync($"/me/applications/{application.Id}/withdrawal", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "application_decided");
        await (await citizen.PostJsonAsync("/me/applications", new SubmitRequest("event-permit", Applications.EventForm(100_001)))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "not_eligible");
    }
}

using System.Net;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class WarningTests(CityServers servers)
{
    private static readonly XNamespace Cap = "urn:oasis:names:tc:emergency:cap:1.2";

    [Fact]
    public async Task A_warning_goes_from_alarm_to_draft_to_approval_to_the_public_and_departments_acknowledge_it()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.PublishAsync(new PlaceRegistration.Contracts.VisitsCounted(WatchOffice.Cell, WatchOffice.Noon.AddDays(-21), 10, WatchOffice.Noon));
        await office.ConfirmAsync(daysAgo: 0, cases: 6);
        var alarm = (await office.AlarmsAsync())[0].GetProperty("alarmId").GetString();
        using var anyone = office.App.Anyone();
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);
        using var department = office.App.AsOfficer(Guid.CreateVersion7(), "public-security", Roles.DepartmentOfficer);

        var draft = await office.PostAsync(office.HealthOfficer, $"alarms/{alarm}/warning");
        var id = draft.GetProperty("warningId").GetString();
        (await office.PostAsync(office.HealthOfficer, $"alarms/{alarm}/warning")).GetProperty("warningId").GetString().ShouldBe(id);
        await office.GetAsync(anyone, $"warnings/{id}", HttpStatusCode.NotFound);
        await office.PostAsync(department, $"warnings/{id}/acknowledgement", expected: HttpStatusCode.NotFound);

        await office.PostAsync(approver, $"warnings/{id}/approval");
        await office.PostAsync(office.HealthOfficer, $"warnings/{id}/issue");
        await office.PostAsync(office.HealthOfficer, $"warnings/{id}/issue");

        (await office.GetAsync(anyone, $"warnings/{id}")).GetProperty("state").GetString().ShouldBe("issued");
        (await office.GetAsync(anyone, "warnings")).GetProperty("items").GetArrayLength().ShouldBe(1);
        await office.PostAsync(department, $"warnings/{id}/acknowledgement");
        await office.PostAsync(department, $"warnings/{id}/acknowledgement");
        var acknowledged = await office.GetAsync(approver, $"warnings/{id}/acknowledgements");
        acknowledged.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("department").GetString()).ShouldBe(["public-security"]);
    }

    [Fact]
    public async Task Nobody_approves_what_they_wrote_or_edited()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var both = Guid.CreateVersion7();
        using var author = office.App.As(both, Roles.HealthOfficer, Roles.Approver);
        var id = Id(await office.PostAsync(author, "warnings", Request()));
        (await office.PostAsync(author, $"warnings/{id}/approval", expected: HttpStatusCode.Forbidden)).GetProperty("code").GetString().ShouldBe("second_person_required");

        var editor = Guid.CreateVersion7();
        using var editing = office.App.As(editor, Roles.HealthOfficer, Roles.Approver);
        await office.SendAsync(editing, HttpMethod.Put, $"warnings/{id}", new { revision = 1, warning = Request("Changed") });
        await office.PostAsync(editing, $"warnings/{id}/approval", expected: HttpStatusCode.Forbidden);
        await office.PostAsync(author, $"warnings/{id}/approval", expected: HttpStatusCode.Forbidden);

        using var third = office.App.As(Guid.CreateVersion7(), Roles.Approver);
        await office.PostAsync(third, $"warnings/{id}/approval");
    }

    [Fact]
    public async Task A_warning_is_issued_only_when_approved_edited_only_as_a_draft_and_by_whom_has_seen_the_newest()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);
        var id = Id(await office.PostAsync(office.HealthOfficer, "warnings", Request()));

        (await office.PostAsync(office.HealthOfficer, $"warnings/{id}/issue", expected: HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("warning_not_approved");
        await office.SendAsync(office.HealthOfficer, HttpMethod.Put, $"warnings/{id}", new { revision = 1, warning = Request("Second") });
        await office.SendAsync(office.HealthOfficer, HttpMethod.Put, $"warnings/{id}", new { revision = 1, warning = Request("Third") }, HttpStatusCode.Conflict);
        await office.PostAsync(approver, $"warnings/{id}/approval");
        await office.SendAsync(office.HealthOfficer, HttpMethod.Put, $"warnings/{id}", new { revision = 2, warning = Request("Fourth") }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_same_key_drafts_one_warning()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var key = Guid.CreateVersion7();

        var first = await office.SendAsync(office.HealthOfficer, HttpMethod.Post, "warnings", Request(), key: key);
        var second = await office.SendAsync(office.HealthOfficer, HttpMethod.Post, "warnings", Request(), key: key);

        Id(second).ShouldBe(Id(first));
    }

    [Fact]
    public async Task Bad_warnings_are_told_which_field_is_wrong()
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        var past = await office.PostAsync(office.HealthOfficer, "warnings", Request() with { ExpiresAt = WatchOffice.Noon.AddDays(-1) }, HttpStatusCode.BadRequest);
        past.GetProperty("code").GetString().ShouldBe("expiry_invalid");
        var nowhere = await office.PostAsync(office.HealthOfficer, "warnings", Request() with { Cell = "nowhere" }, HttpStatusCode.BadRequest);
        nowhere.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("cell");
        var empty = await office.PostAsync(office.HealthOfficer, "warnings", Request(headline: ""), HttpStatusCode.BadRequest);
        empty.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldContain("en.headline");
    }

    [Fact]
    public async Task Alerts_and_cancellations_are_valid_cap_and_the_feed_carries_them_until_their_end()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var approver = office.App.As(Guid.CreateVersion7(), Roles.Approver);
        using var anyone = office.App.Anyone();
        var ids = new List<string>();
        foreach (var cell in new[] { WatchOffice.Cell, "3356S07040W", null })
        {
            var id = Id(await office.PostAsync(office.HealthOfficer, "warnings", Request() with { Cell = cell }));
            await office.PostAsync(approver, $"warnings/{id}/approval");
            await office.PostAsync(office.HealthOfficer, $"warnings/{id}/issue");
            ids.Add(id);
        }

        await office.PostAsync(office.HealthOfficer, $"warnings/{ids[0]}/cancellation");

        var alerts = new List<XDocument>();
        foreach (var id in ids) alerts.Add(XDocument.Parse(await anyone.GetStringAsync($"/early-warning/v1/warnings/{id}/cap")));
        alerts.Select(alert => alert.Root!.Element(Cap + "msgType")!.Value).ShouldBe(["Cancel", "Alert", "Alert"]);
        alerts[0].Root!.Element(Cap + "references")!.Value.ShouldContain($"smartcity-{ids[0]},");
        alerts.ShouldAllBe(alert => alert.Root!.Elements(Cap + "info").Count() == 2);
        var polygon = alerts[1].Descendants(Cap + "polygon").First().Value.Split(' ');
        polygon.Length.ShouldBe(5);
        polygon[0].ShouldBe(polygon[4]);

        var feed = XDocument.Parse(await anyone.GetStringAsync("/early-warning/v1/warnings/feed"));
        feed.Descendants(Cap + "alert").Select(alert => alert.Element(Cap + "msgType")!.Value).ShouldBe(["Alert", "Alert", "Cancel"], ignoreOrder: true);
        foreach (var alert in alerts) Validate(alert);
    }

    [Fact]
    public async Task Public_warnings_may_be_kept_for_a_while_and_drafts_are_not_among_them()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.PostAsync(office.HealthOfficer, "warnings", Request());
        using var anyone = office.App.Anyone();

        using var answer = await anyone.GetAsync("/early-warning/v1/warnings");

        answer.Headers.CacheControl!.Public.ShouldBeTrue();
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_keeps_no_warning_from_being_issued_and_verified()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await office.WarnAsync(Request());
        office.Clock.Advance(TimeSpan.FromDays(-40));

        var id = await office.WarnAsync(Request() with { ExpiresAt = WatchOffice.Noon.AddDays(-20) });

        using var anyone = office.App.Anyone();
        var keys = (await office.GetAsync(anyone, "warnings/keys")).GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString());
        var alert = XDocument.Parse(await anyone.GetStringAsync($"/early-warning/v1/warnings/{id}/cap"));
        keys.ShouldContain(alert.Descendants().Single(element => element.Name.LocalName == "KeyName").Value);
    }

    internal static WarningBody Request(string headline = "More cases than usual") => new(
        WatchOffice.Cell, "severe", WatchOffice.Noon.AddDays(3), new Texts(headline, "Six cases on one day.", "Stay at home."), new Texts("病例高于平常", "一日内六例。", "请居家。"));

    internal static string Id(JsonElement warning) => warning.GetProperty("warningId").GetString()!;

    internal static void Validate(XDocument alert)
    {
        var schema = Path.Combine(ReferenceFolder(), "cap", "CAP-v1.2.xsd");
        if (!File.Exists(schema)) Assert.Skip("The CAP 1.2 schema is not there: shared/data/cap/CAP-v1.2.xsd");
        var schemas = new XmlSchemaSet { XmlResolver = null };
        using var reader = XmlReader.Create(schema, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        schemas.Add(null, reader);
        alert.Validate(schemas, (_, problem) => throw new XmlSchemaValidationException($"{problem.Message}\n{alert}"));
    }

    internal static string ReferenceFolder()
    {
        if (Environment.GetEnvironmentVariable("SMARTCITY_REFERENCE_DATA") is { Length: > 0 } given) return given;
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) at = at.Parent;
        return Path.Combine(at!.FullName, "..", "shared", "data");
    }

    internal sealed record WarningBody(string? Cell, string Severity, DateTimeOffset ExpiresAt, Texts En, Texts Zh, bool Exercise = false, string[]? Polygons = null, string Hazard = "infectious-disease");

    internal sealed record Texts(string Headline, string Description, string Instruction);
}

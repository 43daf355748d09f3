using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using SmartCity.EarlyWarning.Cap;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.Signing;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class WarningLifeTests(CityServers servers)
{
    private static readonly XNamespace Cap = "urn:oasis:names:tc:emergency:cap:1.2";
    private static readonly object AllClear = new { en = new { headline = "Over", description = "No cases for a week.", instruction = "Nothing." }, zh = new { headline = "解除", description = "一周无新增。", instruction = "无。" } };

    [Fact]
    public async Task A_warning_is_escalated_and_cleared_each_step_names_those_before_it_and_every_alert_is_valid_and_signed()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var anyone = office.App.Anyone();
        var first = await office.WarnAsync(WarningTests.Request());
        office.Clock.Advance(TimeSpan.FromHours(1));
        var second = await office.WarnAsync(WarningTests.Request() with { Severity = "extreme" }, $"warnings/{first}/updates");
        office.Clock.Advance(TimeSpan.FromHours(1));
        var third = await office.WarnAsync(AllClear, $"warnings/{second}/all-clear");

        (await office.GetAsync(anyone, $"warnings/{first}")).GetProperty("state").GetString().ShouldBe("updated");
        (await office.GetAsync(anyone, "warnings")).GetProperty("items").GetArrayLength().ShouldBe(0);
        var alerts = new List<XDocument>();
        foreach (var id in new[] { first, second, third }) alerts.Add(await CapAsync(office, id));
        alerts.Select(alert => Value(alert, "msgType")).ShouldBe(["Alert", "Update", "Update"]);
        var references = CapReference.ParseAll(Value(alerts[2], "references"))!;
        references.Select(reference => reference.Identifier).ShouldBe([$"smartcity-{first}", $"smartcity-{second}"]);
        references.Select(reference => reference.Sent).ShouldBe([Value(alerts[0], "sent"), Value(alerts[1], "sent")]);
        alerts[2].Descendants(Cap + "responseType").Select(response => response.Value).Distinct().ShouldBe(["AllClear"]);
        alerts[1].Descendants(Cap + "severity").Select(severity => severity.Value).Distinct().ShouldBe(["Extreme"]);
    }

    [Fact]
    public async Task Only_the_current_warning_is_followed_and_an_update_stays_with_its_matter()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var approver = office.App.As(Guid.CreateVersion7(), ServiceDefaults.Roles.Approver);
        var first = await office.WarnAsync(WarningTests.Request());
        var rival = WarningTests.Id(await office.PostAsync(office.HealthOfficer, $"warnings/{first}/updates", WarningTests.Request()));
        await office.PostAsync(approver, $"warnings/{rival}/approval");
        await office.WarnAsync(WarningTests.Request(), $"warnings/{first}/updates");

        Code(await office.PostAsync(office.HealthOfficer, $"warnings/{rival}/issue", expected: HttpStatusCode.Conflict)).ShouldBe("warning_superseded");
        Code(await office.PostAsync(office.HealthOfficer, $"warnings/{first}/updates", WarningTests.Request(), HttpStatusCode.Conflict)).ShouldBe("warning_superseded");
        Code(await office.PostAsync(office.HealthOfficer, $"warnings/{first}/cancellation", expected: HttpStatusCode.Conflict)).ShouldBe("warning_not_issued");
        var other = await office.WarnAsync(WarningTests.Request() with { Hazard = "weather" });
        Code(await office.PostAsync(office.HealthOfficer, $"warnings/{other}/updates", WarningTests.Request(), HttpStatusCode.BadRequest)).ShouldBe("hazard_changed");
    }

    [Fact]
    public async Task A_drill_is_marked_as_exercise_in_the_alert_and_in_the_news()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await using var tap = await BrokerTap<WarningIssued>.OnAsync(office.Broker);

        var id = await office.WarnAsync(WarningTests.Request() with { Exercise = true });

        Value(await CapAsync(office, id), "status").ShouldBe("Exercise");
        await Eventually.Async(() => Task.FromResult(tap.Events.Any(issued => issued.WarningId.ToString() == id && issued.IsExercise == true)));
    }

    [Theory]
    [InlineData("31.2,121.4 31.2,121.5 31.3,121.5 31.2,121.4", true)]
    [InlineData("31.2,121.4 31.2,121.5 31.3,121.5", false)]
    [InlineData("31.2,121.4 31.2,121.5 31.3,121.5 31.3,121.4", false)]
    [InlineData("31.2,121.4 31.3,121.5 31.2,121.5 31.3,121.4 31.2,121.4", false)]
    [InlineData("91,121.4 31.2,121.5 31.3,121.5 91,121.4", false)]
    [InlineData("31.2;121.4 31.2,121.5 31.3,121.5 31.2,121.4", false)]
    public async Task Polygons_are_closed_rings_on_the_earth(string polygon, bool accepted)
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var request = WarningTests.Request() with { Cell = null, Polygons = [polygon] };

        var answer = await office.PostAsync(office.HealthOfficer, "warnings", request, accepted ? HttpStatusCode.OK : HttpStatusCode.BadRequest);

        if (!accepted) answer.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("polygons[0]");
    }

    [Fact]
    public async Task Texts_that_xml_cannot_hold_are_refused_and_unknown_hazards_too()
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        Code(await office.PostAsync(office.HealthOfficer, "warnings", WarningTests.Request("bell \u0007"), HttpStatusCode.BadRequest)).ShouldBe("character_invalid");
        Code(await office.PostAsync(office.HealthOfficer, "warnings", WarningTests.Request() with { Hazard = "dragons" }, HttpStatusCode.BadRequest)).ShouldBe("hazard_unknown");
        await office.WarnAsync(WarningTests.Request("<&> 𠮷 \"quoted\""));
    }

    [Fact]
    public async Task A_signature_fails_when_a_letter_changes_when_another_key_is_named_and_when_a_second_alert_is_wrapped_around_it()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var anyone = office.App.Anyone();
        var id = await office.WarnAsync(WarningTests.Request());
        var alert = await anyone.GetStringAsync($"/early-warning/v1/warnings/{id}/cap");
        var keys = await KeysAsync(office);

        CapSignature.Verify(Encoding.UTF8.GetBytes(alert), keys).ShouldBe(SignatureState.Good);
        CapSignature.Verify(Encoding.UTF8.GetBytes(alert.Replace("Six cases", "Sex cases", StringComparison.Ordinal)), keys).ShouldBe(SignatureState.Wrong);
        CapSignature.Verify(Encoding.UTF8.GetBytes(alert), _ => null).ShouldBe(SignatureState.Unknown);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CapSignature.Verify(Encoding.UTF8.GetBytes(alert), _ => stranger).ShouldBe(SignatureState.Wrong);
        var bare = alert[(alert.IndexOf("?>", StringComparison.Ordinal) + 2)..];
        CapSignature.Verify(Encoding.UTF8.GetBytes($"<alert xmlns=\"{Cap}\"><identifier>forged</identifier>{bare}</alert>"), keys).ShouldBe(SignatureState.Wrong);
        CapSignature.Verify(Encoding.UTF8.GetBytes(XDocument.Parse(alert).Root!.Elements().Where(e => e.Name.LocalName != "Signature").Aggregate($"<alert xmlns=\"{Cap}\">", (text, e) => text + e) + "</alert>"), keys).ShouldBe(SignatureState.None);
    }

    [Fact]
    public async Task Whoever_watches_hears_first_what_holds_and_then_what_changes()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var first = await office.WarnAsync(WarningTests.Request());
        using var anyone = office.App.Anyone();
        using var stream = await anyone.GetStreamAsync("/early-warning/v1/warnings/stream");
        using var lines = new StreamReader(stream);

        (await NextAsync(lines)).ShouldBe((first, "issued"));
        var second = await office.WarnAsync(WarningTests.Request() with { Cell = null });
        (await NextAsync(lines)).ShouldBe((second, "issued"));
        await office.PostAsync(office.HealthOfficer, $"warnings/{first}/cancellation");
        (await NextAsync(lines)).ShouldBe((first, "cancelled"));
    }

    private static async Task<(string Id, string State)> NextAsync(StreamReader lines)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith("data: {\"warningId\"", StringComparison.Ordinal)) continue;
            var warning = JsonDocument.Parse(line["data: ".Length..]).RootElement;
            return (warning.GetProperty("warningId").GetString()!, warning.GetProperty("state").GetString()!);
        }

        throw new InvalidOperationException("The stream ended.");
    }

    /// <summary>The alert, after two others than us have looked at it: xmllint with the schema as published, and the signature with the published keys.</summary>
    private static async Task<XDocument> CapAsync(WatchOffice office, string id)
    {
        using var anyone = office.App.Anyone();
        var text = await anyone.GetStringAsync($"/early-warning/v1/warnings/{id}/cap");
        CapSignature.Verify(Encoding.UTF8.GetBytes(text), await KeysAsync(office)).ShouldBe(SignatureState.Good);
        var document = XDocument.Parse(text);
        WarningTests.Validate(document);
        await LintAsync(text);
        return document;
    }

    private static async Task LintAsync(string alert)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, alert);
        using var xmllint = Process.Start(new ProcessStartInfo("xmllint", ["--noout", "--nonet", "--schema", Path.Combine(WarningTests.ReferenceFolder(), "cap", "CAP-v1.2.xsd"), file]) { RedirectStandardError = true })!;
        var complaints = await xmllint.StandardError.ReadToEndAsync();
        await xmllint.WaitForExitAsync();
        File.Delete(file);
        xmllint.ExitCode.ShouldBe(0, complaints);
    }

    private static async Task<Func<string, AsymmetricAlgorithm?>> KeysAsync(WatchOffice office)
    {
        using var anyone = office.App.Anyone();
        var keys = JsonSerializer.Deserialize<KeySet>(await anyone.GetStringAsync("/early-warning/v1/warnings/keys"))!;
        return name => keys.Keys.SingleOrDefault(key => key.Kid == name)?.Open();
    }

    private static string Value(XDocument alert, string name) => alert.Root!.Element(Cap + name)!.Value;

    private static string? Code(JsonElement problem) => problem.GetProperty("code").GetString();
}

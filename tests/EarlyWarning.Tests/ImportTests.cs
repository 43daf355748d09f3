using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class ImportTests(CityServers servers)
{
    private const string Sound = """
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a-1</identifier><sender>other@city.invalid</sender><sent>2026-03-20T10:00:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
        <info><category>Health</category><event>Flu</event><urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty><expires>2026-03-22T10:00:00+08:00</expires><headline>Flu</headline><area><areaDesc>There</areaDesc></area></info></alert>
        """;

    [Fact]
    public async Task A_sound_alert_is_taken_in_once_and_ended_by_its_senders_own_cancellation_only()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var first = await SendAsync(office, Sound);
        (await SendAsync(office, Sound)).GetProperty("alertId").GetString().ShouldBe(first.GetProperty("alertId").GetString());

        var cancel = Sound.Replace("a-1", "a-2", StringComparison.Ordinal).Replace("<msgType>Alert", "<msgType>Cancel", StringComparison.Ordinal)
            .Replace("</scope>", "</scope><references>other@city.invalid,a-1,2026-03-20T10:00:00+08:00</references>", StringComparison.Ordinal);
        await SendAsync(office, cancel.Replace("<sender>other", "<sender>impostor", StringComparison.Ordinal));
        (await FirstAsync(office)).TryGetProperty("endedBy", out _).ShouldBeFalse();
        var ended = await SendAsync(office, cancel);

        (await FirstAsync(office)).GetProperty("endedBy").GetString().ShouldBe(ended.GetProperty("alertId").GetString());
    }

    [Theory]
    [InlineData("<!DOCTYPE alert [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">&x;</alert>", "cap_unreadable")]
    [InlineData("<!DOCTYPE a [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><a>&b;</a>", "cap_unreadable")]
    [InlineData("not xml", "cap_unreadable")]
    [InlineData("", "cap_unreadable")]
    [InlineData("<alert xmlns=\"http://www.incident.com/cap/1.0\"/>", "cap_version_unsupported")]
    [InlineData("<alert/>", "cap_version_unsupported")]
    [InlineData("<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"/>", "cap_schema")]
    [InlineData("<a><a><a><a><a><a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></a></a></a></a></a></a>", "cap_too_large")]
    public async Task Hostile_and_broken_documents_are_refused_with_a_reason(string document, string code)
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        (await SendAsync(office, document, HttpStatusCode.BadRequest)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Theory]
    [InlineData("<msgType>Alert", "<msgType>Update", "cap_references_missing")]
    [InlineData("<sender>other@", "<sender>o ther@", "cap_name_invalid")]
    [InlineData("2026-03-22T10", "2026-03-20T09", "cap_expires_invalid")]
    [InlineData("2026-03-22T10:00:00+08:00", "2026-03-22T10:00:00Z", "cap_schema")]
    [InlineData("<scope>Public", "<scope>Private", "cap_audience_missing")]
    [InlineData("</areaDesc>", "</areaDesc><polygon>1,1 2,2 3,3 1,2</polygon>", "cap_polygon_invalid")]
    [InlineData("</areaDesc>", "</areaDesc><circle>1,1</circle>", "cap_circle_invalid")]
    [InlineData("<areaDesc>There", "<areaDesc>", "cap_value_empty")]
    [InlineData("</scope>", "</scope><references>nobody</references>", "cap_references_invalid")]
    public async Task An_alert_that_breaks_one_rule_is_refused_by_that_rule(string sound, string broken, string code)
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        (await SendAsync(office, Sound.Replace(sound, broken, StringComparison.Ordinal), HttpStatusCode.BadRequest)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task What_is_longer_than_an_alert_may_be_is_not_read_and_other_media_types_neither()
    {
        await using var office = await WatchOffice.OpenAsync(servers);

        (await SendAsync(office, $"<alert>{new string('x', 600_000)}</alert>", HttpStatusCode.BadRequest)).GetProperty("code").GetString().ShouldBe("cap_too_large");
        (await SendAsync(office, "{}", HttpStatusCode.UnsupportedMediaType, "application/json")).GetProperty("code").GetString().ShouldBe("media_type_unsupported");
    }

    private static async Task<JsonElement> FirstAsync(WatchOffice office) =>
        (await office.GetAsync(office.HealthOfficer, "alerts")).GetProperty("items").EnumerateArray().Single(alert => alert.GetProperty("identifier").GetString() == "a-1" && alert.GetProperty("sender").GetString() == "other@city.invalid");

    private static async Task<JsonElement> SendAsync(WatchOffice office, string document, HttpStatusCode expected = HttpStatusCode.OK, string mediaType = "application/cap+xml")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(document));
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var response = await office.HealthOfficer.PostAsync("/early-warning/v1/alerts", content);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }
}

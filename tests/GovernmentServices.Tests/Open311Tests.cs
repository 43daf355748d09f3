using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class Open311Tests(CityServers servers)
{
    private const string Path = "/government-services/open311/v2";

    [Fact]
    public async Task A_report_of_another_makers_app_is_in_the_one_ledger_and_is_followed_without_what_is_private()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, officer) = (city.Citizen(), city.Officer(GovernmentCity.Security));

        using var sent = await SendAsync(citizen, "traffic", "The light at Li Lei's door is out.", "31.23456", "121.47654");
        sent.StatusCode.ShouldBe(HttpStatusCode.Created);
        var id = (await JsonAsync(sent))[0].GetProperty("service_request_id").GetGuid();

        (await citizen.ReadAsync<MyReport>($"/me/reports/{id}")).Text.ShouldBe("The light at Li Lei's door is out.");
        (await officer.ReadAsync<Page<DepartmentReportSummary>>("/department/reports")).Items.ShouldHaveSingleItem().Id.ShouldBe(id);
        using var shown = await city.Anyone().GetAsync($"{Path}/requests/{id}.json");
        var text = await shown.Content.ReadAsStringAsync();
        text.ShouldNotContain("Li Lei");
        var view = JsonDocument.Parse(text).RootElement[0];
        view.GetProperty("status").GetString().ShouldBe("open");
        view.GetProperty("lat").GetDouble().ShouldBe(31.235, 1e-9, "the middle of the cell, not where it was");

        await officer.PostedAsync<DepartmentReportSummary>($"/department/reports/{id}/answer", new AnswerReportRequest("Mended."));
        using var closed = await city.Anyone().GetAsync($"{Path}/requests.xml?service_code=traffic&status=closed");
        var xml = XDocument.Parse(await closed.Content.ReadAsStringAsync());
        xml.Root!.Name.LocalName.ShouldBe("service_requests");
        xml.Root.Element("request")!.Element("service_request_id")!.Value.ShouldBe(id.ToString());
        (await JsonAsync(await city.Anyone().GetAsync($"{Path}/requests.json?status=open"))).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_same_report_sent_twice_is_one_and_of_two_people_two()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Citizen();

        var first = (await JsonAsync(await SendAsync(citizen, "traffic", "Out."))).ToString();
        (await JsonAsync(await SendAsync(citizen, "traffic", "Out."))).ToString().ShouldBe(first);
        await SendAsync(city.Citizen(), "traffic", "Out.");

        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM reports WHERE channel = 'Open311'")).ShouldBe(2);
    }

    [Fact]
    public async Task What_cannot_be_a_report_is_refused_with_its_field()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Citizen();

        await (await SendAsync(citizen, "weather", "Rain.")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "category_unknown");
        await (await SendAsync(citizen, "traffic", " ")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "description_invalid");
        await (await SendAsync(citizen, "traffic", "Out.", "91", "0")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "position_invalid");
        await (await SendAsync(citizen, "traffic", "Out.", "31", "")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "position_invalid");
        await (await city.Anyone().GetAsync($"{Path}/requests.json?status=lost")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "status_invalid");
        await (await city.Anyone().GetAsync($"{Path}/requests.json?start_date=yesterday")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "time_invalid");
        (await city.Anyone().GetAsync($"{Path}/services.pdf")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_can_be_reported_is_told_in_both_forms()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        var services = await JsonAsync(await city.Anyone().GetAsync($"{Path}/services.json"));
        var xml = XDocument.Parse(await city.Anyone().GetStringAsync($"{Path}/services.xml"));

        services.EnumerateArray().Select(service => service.GetProperty("service_code").GetString()).ShouldContain("traffic");
        xml.Root!.Elements("service").Count().ShouldBe(services.GetArrayLength());
        (await JsonAsync(await city.Anyone().GetAsync($"{Path}/discovery.json"))).GetProperty("endpoints").GetArrayLength().ShouldBe(1);
        (await JsonAsync(await city.Anyone().GetAsync($"{Path}/services/traffic.json"))).GetProperty("attributes").GetArrayLength().ShouldBe(0);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string code, string description, string lat = "", string @long = "") =>
        client.PostAsync($"{Path}/requests.json", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["service_code"] = code, ["description"] = description, ["lat"] = lat, ["long"] = @long,
        }));

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonDocument.Parse(text).RootElement;
    }
}

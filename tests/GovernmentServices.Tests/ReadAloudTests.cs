using System.Net.Http.Headers;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>What can be read aloud at a desk, and handed out in large print.</summary>
public sealed class ReadAloudTests(CityServers servers)
{
    [Fact]
    public async Task A_report_is_told_in_sentences_to_who_asks_at_a_desk_and_printed_large()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var desk = city.App.As(Guid.NewGuid(), Roles.CounterStaff);
        var report = await desk.PostedAsync<MyReportSummary>("/desk/reports", new DeskReportRequest(DeskChannel.Counter, "traffic", "The light is out"));
        await city.Officer(GovernmentCity.Security).PostedAsync<object>($"/department/reports/{report.Id}/answer", new AnswerReportRequest("<b>Mended</b>"));

        var (plain, type) = await AskAsync(desk, $"/desk/reports/{report.Id}", "text/plain", "en");
        type.ShouldBe("text/plain");
        plain.Split('\n').ShouldBe(
        [
            "Your report about Traffic and transport is with Public Security Bureau.", "You sent it on 1 March 2022.",
            "1 March 2022: Received and given to Public Security Bureau.", "1 March 2022: Public Security Bureau answered. They wrote: <b>Mended</b>",
        ]);
        var (page, _) = await AskAsync(desk, $"/desk/reports/{report.Id}", "text/html", "zh-CN");
        page.ShouldContain("<p>2022年3月1日：已受理，交由公安局办理。</p>");
        page.ShouldContain("font:1.25rem");
        page.ShouldNotContain("<b>");
        (await AskAsync(desk, $"/desk/reports/{report.Id}", "application/json", "en")).Type.ShouldBe("application/json");
    }

    [Fact]
    public async Task An_application_is_told_in_sentences_to_the_person_and_to_who_acts_for_them()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out var account);
        var application = await citizen.AppliedAsync("temporary-residence", Applications.ResidenceForm());
        var worker = city.App.With(TestTokens.Person(account, "government-services", department: null, Guid.NewGuid(), Roles.Proxy));

        foreach (var client in new[] { citizen, worker })
        {
            var (told, _) = await AskAsync(client, $"/me/applications/{application.Id}", "text/plain", "zh-CN");
            told.ShouldContain("提交日期：2022年3月1日。");
            told.ShouldContain("办理期限：");
            told.ShouldContain("2022年3月1日：您提交了申请");
        }
    }

    private static async Task<(string Text, string Type)> AskAsync(HttpClient client, string path, string accept, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, GovernmentCity.Path + path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var response = await client.SendAsync(request);
        return (await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType!.MediaType!);
    }
}

using System.Net;
using System.Net.Http.Headers;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class CodeTests(CityServers servers)
{
    private const string Code = "/health-code/v1/me/code";

    [Fact]
    public async Task The_reason_is_told_in_the_persons_language()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        await town.ReportPositiveAsync(person.Number);

        (await town.CodeOfAsync(person)).Reason.Text.ShouldBe("A laboratory reported a positive result of yours.");
        person.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");
        var chinese = (await town.CodeOfAsync(person)).Reason;

        (chinese.Policy, chinese.Rule, chinese.Text).ShouldBe(("2022-2", "positive-result", "检测机构报告您的检测结果为阳性。"));
        chinese.Change.ShouldContain("撤回");
    }

    [Fact]
    public async Task A_code_that_the_client_has_is_not_sent_again()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var tag = (await person.Client.GetAsync(Code)).Headers.ETag.ShouldNotBeNull();

        (await GetAsync(person, tag)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await GetAsync(person, tag, "zh-CN")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await town.ReportPositiveAsync(person.Number);
        (await GetAsync(person, tag)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_green_code_whose_day_is_over_is_renewed_when_it_is_looked_at_and_only_then()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        town.Clock.Advance(TimeSpan.FromHours(30));

        (await town.Database.ScalarAsync<long>("SELECT version FROM citizen_codes")).ShouldBe(1);
        var code = await town.CodeOfAsync(person);

        (code.Color, code.Version, code.ValidUntil).ShouldBe((CodeColor.Green, 2, town.Now.AddHours(24)));
        (await town.HistoryOfAsync(person)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Many_looks_at_once_renew_a_code_once()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        town.Clock.Advance(TimeSpan.FromHours(30));

        var codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => town.CodeOfAsync(person)));

        codes.ShouldAllBe(code => code.Version == 2);
    }

    [Fact]
    public async Task The_history_comes_in_pages_newest_first()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var receipt = await town.ReportPositiveAsync(person.Number);
        await town.WithdrawAsync(town.Officer(), receipt.Id);

        var first = await town.GetAsync<Page<ListMyHistory.Entry>>(person.Client, $"{Code}/history?limit=2");
        var second = await town.GetAsync<Page<ListMyHistory.Entry>>(person.Client, $"{Code}/history?limit=2&after={first.Next}");

        first.Items.Concat(second.Items).Select(entry => entry.Color).ShouldBe([CodeColor.Green, CodeColor.Red, CodeColor.Green]);
        second.Next.ShouldBeNull();
        (await Town.ProblemAsync(await person.Client.GetAsync($"{Code}/history?after=x"))).ShouldBe("cursor_invalid");
    }

    [Fact]
    public async Task Where_no_policy_is_in_force_nothing_is_shown_and_nothing_is_decided()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        await using var unruled = await town.AnotherReplicaAsync(("Policies:Folder", Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString())));
        var client = unruled.As(person.Account, Roles.Citizen);

        foreach (var path in new[] { "/code", "/credential", "/qr.svg" })
        {
            var refused = await client.GetAsync($"/health-code/v1/me{path}");
            (refused.StatusCode, await Town.ProblemAsync(refused)).ShouldBe((HttpStatusCode.ServiceUnavailable, "policy_not_loaded"));
        }

        var asked = await Should.ThrowAsync<Grpc.Core.RpcException>(async () => await new Contracts.V1.HealthCodes.HealthCodesClient(unruled.Grpc()).GetStatusAsync(
            new() { AccountId = person.Account.ToString(), Purpose = Contracts.V1.Purpose.Admission }, unruled.AsService("place-registration", "health-code:status")));
        (asked.StatusCode, asked.Status.Detail).ShouldBe((Grpc.Core.StatusCode.FailedPrecondition, "policy_not_loaded"));
        (await unruled.Anyone().GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_proxy_acts_for_the_person_and_the_person_sees_it()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, helper) = (await town.NewPersonAsync(), Guid.NewGuid());

        var code = await town.GetAsync<ShowMyCode.MyCode>(town.App.With(TestTokens.Person(person.Account, "health-code", department: null, actor: helper, Roles.Proxy)), Code);

        code.Color.ShouldBe(CodeColor.Green);
        var look = (await town.GetAsync<Page<ListMyAccessLog.Entry>>(person.Client, "/health-code/v1/me/access-log")).Items.ShouldHaveSingleItem();
        (look.Reader, look.PurposeText).ShouldBe((helper.ToString(), "Somebody acted for you"));
    }

    [Fact]
    public async Task A_proxy_who_acts_for_nobody_sees_nothing()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        var refused = await town.App.As(person.Account, Roles.Proxy).GetAsync(Code);

        (refused.StatusCode, await Town.ProblemAsync(refused)).ShouldBe((HttpStatusCode.Forbidden, "consent_missing"));
    }

    [Fact]
    public async Task Officers_read_cases_by_pseudonym_and_counts_that_point_at_nobody()
    {
        await using var town = await Town.StartAsync(servers);
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => town.NewPersonAsync()));
        await town.ReportPositiveAsync(people[0].Number);

        var counts = await town.GetAsync<ShowStatistics.ColorCount[]>(town.Officer(), "/health-code/v1/statistics");
        var cases = await (await town.Officer().GetAsync("/health-code/v1/cases")).Content.ReadAsStringAsync();

        counts.Select(count => (count.Color, count.Count)).ShouldBe([(CodeColor.Green, 5), (CodeColor.Yellow, null), (CodeColor.Red, null)]);
        cases.ShouldContain(people[0].CitizenId.ToString());
        cases.ShouldNotContain(people[0].Number);
        var look = (await town.GetAsync<Page<ListMyAccessLog.Entry>>(people[0].Client, "/health-code/v1/me/access-log")).Items.ShouldHaveSingleItem();
        look.PurposeText.ShouldBe("Reading the list of cases");
    }

    private static async Task<HttpResponseMessage> GetAsync(Person person, EntityTagHeaderValue known, string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Code);
        request.Headers.IfNoneMatch.Add(known);
        request.Headers.AcceptLanguage.ParseAdd(language);
        return await person.Client.SendAsync(request);
    }
}

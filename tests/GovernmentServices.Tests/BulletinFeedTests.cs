using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class BulletinFeedTests(CityServers servers)
{
    private static readonly EvidenceRequest Notice = new(new("公告", "Notice"), "https://example.org/notice");

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    [Fact]
    public async Task Feeds_tell_the_newest_first_and_say_what_was_corrected()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var officer = city.Officer();
        var rumour = await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.RumourRebuttal, new("不封城", "No lockdown"), new("谣言\u0001 <不实>", "Rumour\u0001 <false>"), Audience.People, ["3123N12147E"], [Notice]));
        city.Clock.Advance(TimeSpan.FromMinutes(1));
        await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.Bulletin, new("通报", "Bulletin"), new("正文", "Body")));
        city.Clock.Advance(TimeSpan.FromMinutes(1));
        await officer.PostedAsync<BulletinView>($"/bulletins/{rumour.Id}/revisions", new CorrectBulletinRequest(1, new("不封城", "No lockdown"), new("详情", "Details"), new("补充依据", "Evidence added"), [Notice]));

        using var response = await city.Anyone("zh-CN").GetAsync($"{GovernmentCity.Path}/bulletins/feed.atom");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/atom+xml");
        response.Headers.CacheControl!.Public.ShouldBeTrue("the gateway answers from its cache when everything else is saturated");
        var entries = XDocument.Parse(await response.Content.ReadAsStringAsync()).Root!.Elements(Atom + "entry").ToArray();
        entries.Select(entry => entry.Element(Atom + "title")!.Value).ShouldBe(["通报", "不封城"]);
        entries[1].Element(Atom + "summary")!.Value.ShouldBe("更正说明：补充依据");
        entries[1].Element(Atom + "updated")!.Value.ShouldBe("2022-03-01T08:02:00Z");
        entries[1].Elements(Atom + "link").Single(link => link.Attribute("rel")!.Value == "related").Attribute("href")!.Value.ShouldBe(Notice.Address);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"{GovernmentCity.Path}/bulletins/feed.atom") { Headers = { { "If-None-Match", response.Headers.ETag!.Tag }, { "Accept-Language", "zh-CN" } } };
        (await city.App.Anyone().SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified, "who has it already is told so");
        var json = JsonNode.Parse(await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/bulletins/feed.json"))!;
        json["version"]!.GetValue<string>().ShouldBe("https://jsonfeed.org/version/1.1");
        json["items"]!.AsArray().Select(item => item!["title"]!.GetValue<string>()).ShouldBe(["Bulletin", "No lockdown"]);
    }

    [Fact]
    public async Task What_is_said_reaches_whom_and_where_it_matters()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var officer = city.Officer();
        var (title, body) = (new ShortText("标题", "Title"), new LongText("正文", "Body"));
        var all = await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.Announcement, title, body));
        city.Clock.Advance(TimeSpan.FromMinutes(1));
        var firms = await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.Policy, title, body, Audience.Enterprises));
        city.Clock.Advance(TimeSpan.FromMinutes(1));
        var here = await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.Policy, title, body, Audience.People, ["3123N12147E"]));

        async Task<Guid[]> ListedAsync(string query) => [.. (await city.Anyone().ReadAsync<Page<BulletinView>>($"/bulletins{query}")).Items.Select(bulletin => bulletin.Id)];
        (await ListedAsync("")).ShouldBe([here.Id, firms.Id, all.Id]);
        (await ListedAsync("?audience=enterprises")).ShouldBe([firms.Id, all.Id]);
        (await ListedAsync("?audience=people&cell=3123N12147E")).ShouldBe([here.Id, all.Id]);
        (await ListedAsync("?audience=people&cell=3124N12147E")).ShouldBe([all.Id]);
        (await ListedAsync("?kind=policy&audience=people")).ShouldBe([here.Id]);
        var feed = JsonNode.Parse(await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/bulletins/feed.json?audience=enterprises&kind=policy"))!;
        feed["items"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe($"urn:uuid:{firms.Id}");
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/bulletins?cell=here")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cell_invalid");
        await (await officer.PostJsonAsync("/bulletins", new PublishBulletinRequest(BulletinKind.Policy, title, body, Areas: ["here"]))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cell_invalid");
    }

    [Fact]
    public async Task A_rebuttal_rests_on_evidence_that_can_be_looked_up()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var rebuttal = new PublishBulletinRequest(BulletinKind.RumourRebuttal, new("不封城", "No lockdown"), new("正文", "Body"));

        await (await city.Officer().PostJsonAsync("/bulletins", rebuttal)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "evidence_missing");
        await (await city.Officer().PostJsonAsync("/bulletins", rebuttal with { Evidence = [Notice with { Address = "javascript:alert(1)" }] }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "address_invalid");

        var published = await city.Officer().PostedAsync<BulletinView>("/bulletins", rebuttal with { Evidence = [Notice] });
        (await city.Anyone("zh-CN").ReadAsync<BulletinView>($"/bulletins/{published.Id}")).Evidence.ShouldBe([new EvidenceView("公告", Notice.Address)]);
    }

    [Fact]
    public async Task A_signed_bulletin_is_believed_wherever_it_is_passed_on_and_a_changed_one_is_not()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var published = await city.Officer().PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.Bulletin, new("通报", "Bulletin"), new("新增 3 例", "3 new cases")));

        var signed = await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/bulletins/{published.Id}/signed");

        var keys = (await city.Anyone().GetFromJsonAsync<KeySet>($"{GovernmentCity.Path}/keys"))!.Keys;
        var said = JsonNode.Parse(Jws.Verify(signed, "bulletin+jwt", keys).ShouldNotBeNull())!;
        said["body"]!["zh"]!.GetValue<string>().ShouldBe("新增 3 例");
        said["revision"]!.GetValue<int>().ShouldBe(1);
        var parts = signed.Split('.');
        var payload = Convert.ToBase64String(Encoding.UTF8.GetBytes(said.ToJsonString().Replace("3", "0", StringComparison.Ordinal))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Jws.Verify($"{parts[0]}.{payload}.{parts[2]}", "bulletin+jwt", keys).ShouldBeNull();
        await city.Officer().PostedAsync<BulletinView>($"/bulletins/{published.Id}/revisions", new CorrectBulletinRequest(1, new("通报", "Bulletin"), new("新增 4 例", "4 new cases"), new("漏报", "One was missed")));
        (await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/bulletins/{published.Id}/revisions/1/signed")).ShouldBe(signed, "what was once said stays proved");
        var now = JsonNode.Parse(Jws.Verify(await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/bulletins/{published.Id}/signed"), "bulletin+jwt", keys).ShouldNotBeNull())!;
        (now["revision"]!.GetValue<int>(), now["reason"]!["en"]!.GetValue<string>()).ShouldBe((2, "One was missed"));
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/bulletins/{Guid.NewGuid()}/signed")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }
}

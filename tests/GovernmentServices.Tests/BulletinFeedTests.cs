using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.Signing;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class BulletinFeedTests(CityServers servers)
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    [Fact]
    public async Task Feeds_tell_the_newest_first_and_say_what_was_corrected()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var officer = city.Officer();
        var rumour = await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.RumourRebuttal, new("不封城", "No lockdown"), new("谣言\u0001 <不实>", "Rumour\u0001 <false>")));
        city.Clock.Advance(TimeSpan.FromMinutes(1));
        await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.Bulletin, new("通报", "Bulletin"), new("正文", "Body")));
        city.Clock.Advance(TimeSpan.FromMinutes(1));
        await officer.PostedAsync<BulletinView>($"/bulletins/{rumour.Id}/revisions", new CorrectBulletinRequest(1, new("不封城", "No lockdown"), new("详情", "Details"), new("补充依据", "Evidence added")));

        using var response = await city.Anyone("zh-CN").GetAsync($"{GovernmentCity.Path}/bulletins/feed.atom");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/atom+xml");
        response.Headers.CacheControl!.Public.ShouldBeTrue("the gateway answers from its cache when everything else is saturated");
        var entries = XDocument.Parse(await response.Content.ReadAsStringAsync()).Root!.Elements(Atom + "entry").ToArray();
        entries.Select(entry => entry.Element(Atom + "title")!.Value).ShouldBe(["通报", "不封城"]);
        entries[1].Element(Atom + "summary")!.Value.ShouldBe("更正说明：补充依据");
        entries[1].Element(Atom + "updated")!.Value.ShouldBe("2022-03-01T08:02:00Z");
        var json = JsonNode.Parse(await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/bulletins/feed.json"))!;
        json["version"]!.GetValue<string>().ShouldBe("https://jsonfeed.org/version/1.1");
        json["items"]!.AsArray().Select(item => item!["title"]!.GetValue<string>()).ShouldBe(["Bulletin", "No lockdown"]);
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
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/bulletins/{Guid.NewGuid()}/signed")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }
}

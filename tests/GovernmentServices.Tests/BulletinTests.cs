using System.Net;
using System.Net.Http.Headers;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class BulletinTests(CityServers servers)
{
    private static readonly EvidenceRequest Notice = new(new ShortText("公安局通告", "Notice of the police"), "https://example.org/notices/12");

    private static readonly PublishBulletinRequest Rebuttal = new(
        BulletinKind.RumourRebuttal, new ShortText("关于封城传言的说明", "No lockdown is planned"), new LongText("网传消息不实。", "What is being said is not so."),
        Evidence: [Notice]);

    [Fact]
    public async Task A_bulletin_is_read_by_everybody_in_their_own_language()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        var published = await city.Officer().PostedAsync<BulletinView>("/bulletins", Rebuttal);

        var chinese = await city.Anyone("zh-CN").ReadAsync<BulletinView>($"/bulletins/{published.Id}");
        chinese.Title.ShouldBe("关于封城传言的说明");
        chinese.DepartmentName.ShouldBe("卫生健康委员会");
        var english = await city.Anyone("en-GB").ReadAsync<BulletinView>($"/bulletins/{published.Id}");
        english.Title.ShouldBe("No lockdown is planned");
        english.DepartmentName.ShouldBe("Health Commission");
        english.Texts.ShouldBe(chinese.Texts);
        english.ShouldSatisfyAllConditions(
            () => english.Revision.ShouldBe(1),
            () => english.PublishedAt.ShouldBe(GovernmentCity.Start),
            () => english.CorrectedAt.ShouldBeNull(),
            () => english.Reason.ShouldBeNull());
    }

    [Fact]
    public async Task A_publication_that_is_sent_twice_is_one_bulletin()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (officer, key) = (city.Officer(), Guid.NewGuid());

        var first = await officer.PostedAsync<BulletinView>("/bulletins", Rebuttal, key);
        var second = await officer.PostedAsync<BulletinView>("/bulletins", Rebuttal, key);

        second.ShouldBeEquivalentTo(first);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM bulletins")).ShouldBe(1);
        await (await officer.PostJsonAsync("/bulletins", Rebuttal with { Kind = BulletinKind.Policy }, key))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        (await city.Officer().PostedAsync<BulletinView>("/bulletins", Rebuttal, key)).Id.ShouldNotBe(first.Id, "the key of another officer is another key");
    }

    [Fact]
    public async Task A_correction_shows_its_reason_and_keeps_what_was_said_before()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var officer = city.Officer();
        var published = await officer.PostedAsync<BulletinView>("/bulletins", Rebuttal);
        city.Clock.Advance(TimeSpan.FromHours(1));

        await officer.PostedAsync<BulletinView>($"/bulletins/{published.Id}/revisions", Correction(expected: 1, "A second text"));

        var current = await city.Anyone().ReadAsync<BulletinView>($"/bulletins/{published.Id}");
        current.ShouldSatisfyAllConditions(
            () => current.Revision.ShouldBe(2),
            () => current.Body.ShouldBe("A second text"),
            () => current.Reason.ShouldBe("A figure was wrong"),
            () => current.PublishedAt.ShouldBe(GovernmentCity.Start),
            () => current.CorrectedAt.ShouldBe(GovernmentCity.Start.AddHours(1)));
        var history = await city.Anyone().ReadAsync<Page<BulletinRevisionView>>($"/bulletins/{published.Id}/revisions");
        history.Items.Select(revision => (revision.Revision, revision.Body)).ShouldBe([(2, "A second text"), (1, "What is being said is not so.")]);
        var older = await city.Anyone().ReadAsync<Page<BulletinRevisionView>>($"/bulletins/{published.Id}/revisions?after=2");
        older.Items.ShouldHaveSingleItem().Revision.ShouldBe(1);
    }

    [Fact]
    public async Task Of_two_corrections_of_the_same_revision_the_slower_is_refused()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var published = await city.Officer().PostedAsync<BulletinView>("/bulletins", Rebuttal);
        var path = $"/bulletins/{published.Id}/revisions";

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => city.Officer().PostJsonAsync(path, Correction(expected: 1, $"Text {n}"))));

        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(7);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM bulletin_revisions")).ShouldBe(2);
        await (await city.Officer().PostJsonAsync(path, Correction(expected: 1, "Too late"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "revision_outdated");
    }

    [Fact]
    public async Task A_correction_that_is_sent_twice_is_one_revision()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var officer = city.Officer();
        var published = await officer.PostedAsync<BulletinView>("/bulletins", Rebuttal);

        var first = await officer.PostedAsync<BulletinView>($"/bulletins/{published.Id}/revisions", Correction(expected: 1, "Once"));
        var second = await officer.PostedAsync<BulletinView>($"/bulletins/{published.Id}/revisions", Correction(expected: 1, "Once"));

        second.ShouldBeEquivalentTo(first);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM bulletin_revisions")).ShouldBe(2);
    }

    [Fact]
    public async Task Another_department_corrects_nothing()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var published = await city.Officer(GovernmentCity.Health).PostedAsync<BulletinView>("/bulletins", Rebuttal);

        await (await city.Officer(GovernmentCity.Security).PostJsonAsync($"/bulletins/{published.Id}/revisions", Correction(expected: 1, "Not yours")))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "department_not_yours");
        await (await city.App.As(Guid.NewGuid(), Roles.DepartmentOfficer).PostJsonAsync("/bulletins", Rebuttal))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "department_missing");
    }

    [Fact]
    public async Task The_list_is_paged_newest_first_and_by_kind()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var officer = city.Officer();
        var ids = new List<Guid>();
        foreach (var kind in new[] { BulletinKind.Bulletin, BulletinKind.Policy, BulletinKind.Bulletin, BulletinKind.Bulletin })
        {
            city.Clock.Advance(TimeSpan.FromMinutes(1));
            ids.Add((await officer.PostedAsync<BulletinView>("/bulletins", Rebuttal with { Kind = kind })).Id);
        }

        var first = await city.Anyone().ReadAsync<Page<BulletinView>>("/bulletins?kind=bulletin&limit=2");
        var second = await city.Anyone().ReadAsync<Page<BulletinView>>($"/bulletins?kind=bulletin&limit=2&after={first.Next}");

        first.Items.Concat(second.Items).Select(bulletin => bulletin.Id).ShouldBe([ids[3], ids[2], ids[0]]);
        second.Next.ShouldBeNull();
        (await city.Anyone().ReadAsync<Page<BulletinView>>("/bulletins")).Items.Count.ShouldBe(4);
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/bulletins?kind=17")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request_malformed");
    }

    [Fact]
    public async Task Who_has_the_current_text_is_told_so_until_it_is_corrected()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var officer = city.Officer();
        var published = await officer.PostedAsync<BulletinView>("/bulletins", Rebuttal);
        var reader = city.Anyone("zh-CN");
        using var seen = await reader.GetAsync($"{GovernmentCity.Path}/bulletins/{published.Id}");
        seen.Headers.CacheControl.ShouldBe(new CacheControlHeaderValue { Public = true, MaxAge = TimeSpan.FromSeconds(15) });
        seen.Headers.Vary.ShouldContain("Accept-Language");

        reader.DefaultRequestHeaders.IfNoneMatch.Add(seen.Headers.ETag!);
        using var same = await reader.GetAsync($"{GovernmentCity.Path}/bulletins/{published.Id}");
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await same.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();

        await officer.PostedAsync<BulletinView>($"/bulletins/{published.Id}/revisions", Correction(expected: 1, "New"));
        using var corrected = await reader.GetAsync($"{GovernmentCity.Path}/bulletins/{published.Id}");
        corrected.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", "Body")]
    [InlineData("  ", "Body")]
    [InlineData("Title", "")]
    public async Task A_bulletin_says_something_in_both_languages(string title, string body)
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        await (await city.Officer().PostJsonAsync("/bulletins", new PublishBulletinRequest(BulletinKind.Policy, new ShortText("标题", title), new LongText("正文", body))))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "value_missing");
    }

    [Fact]
    public async Task A_character_that_no_database_keeps_is_refused_as_the_callers_mistake()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        await (await city.Officer().PostJsonAsync("/bulletins", Rebuttal with { Title = new ShortText("标题", "nul \0 inside") }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "character_invalid");
    }

    private static CorrectBulletinRequest Correction(int expected, string body) =>
        new(expected, Rebuttal.Title, new LongText("第二版", body), new ShortText("数字有误", "A figure was wrong"), [Notice]);
}

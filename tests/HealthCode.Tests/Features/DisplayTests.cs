using System.Net;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class DisplayTests(CityServers servers)
{
    private const string Credential = "/health-code/v1/me/credential";

    [Fact]
    public async Task Within_seconds_the_same_code_comes_again_as_bytes_or_as_304()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        var (first, second) = (await person.Client.GetAsync(Credential), await person.Client.GetAsync(Credential));
        using var conditional = new HttpRequestMessage(HttpMethod.Get, Credential);
        conditional.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        var third = await person.Client.SendAsync(conditional);

        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        (third.StatusCode, (await third.Content.ReadAsByteArrayAsync()).Length).ShouldBe((HttpStatusCode.NotModified, 0));
        town.Clock.Advance(TimeSpan.FromSeconds(20));
        (await person.Client.GetAsync(Credential)).Headers.ETag.ShouldNotBe(first.Headers.ETag);
    }

    [Fact]
    public async Task A_change_of_colour_shows_within_twenty_seconds()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        await ShowAsync(town, person);

        await town.ReportPositiveAsync(person.Number);
        town.Clock.Advance(TimeSpan.FromSeconds(20));

        (await ShowAsync(town, person)).Color.ShouldBe(CodeColor.Red);
    }

    [Fact]
    public async Task Nobody_gets_anothers_code_and_a_kept_one_opens_to_no_other_token()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, other) = (await town.NewPersonAsync(), await town.NewPersonAsync());
        var shown = await ShowAsync(town, person);

        (await ShowAsync(town, other)).Text.ShouldNotBe(shown.Text);
        using var forged = town.App.With(TestTokens.Person(person.Account, "place-registration", Roles.Citizen));
        (await forged.GetAsync(Credential)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await town.App.Anyone().GetAsync(Credential)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var request = new HttpRequestMessage(HttpMethod.Post, Credential);
        (await person.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Every_look_of_a_proxy_is_recorded_also_within_seconds()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        using var proxy = town.App.With(TestTokens.Person(person.Account, "health-code", department: null, actor: Guid.NewGuid(), Roles.Proxy));

        for (var i = 0; i < 3; i++) (await proxy.GetAsync(Credential)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM access_log")).ShouldBe(3);
    }

    [Fact]
    public async Task While_postgres_is_dead_the_last_code_is_shown_with_its_age_verifies_offline_and_says_so_in_what_is_signed()
    {
        await using var databases = new CityServers();
        await using var town = await Town.StartAsync(servers, databases);
        var (person, stranger) = (await town.NewPersonAsync(), await town.NewPersonAsync());
        await ShowAsync(town, person);
        var (gate, readAt) = (await PrintedCodeTests.GateAsync(town), town.Now);

        await databases.KillPostgresAsync();
        town.Clock.Advance(TimeSpan.FromMinutes(85));
        var answer = await person.Client.GetAsync(Credential);
        var shown = await Town.ReadAsync<IssueCredential.Credential>(answer);

        (shown.Color, shown.AsOf, answer.Headers.Age).ShouldBe((CodeColor.Green, readAt, TimeSpan.FromMinutes(85)));
        var signed = CityCode.Verify(shown.Text, gate.Keys, town.Now);
        (signed.IsValid, signed.Payload!.AsOf, signed.Payload.IssuedAt).ShouldBe((true, readAt, town.Now));
        (await person.Client.GetAsync("/health-code/v1/me/qr.svg")).StatusCode.ShouldBe(HttpStatusCode.OK);
        // Who was never seen has nothing to be shown, and nobody is let in by a guess.
        (await stranger.Client.GetAsync(Credential)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await town.App.Anyone().GetAsync("/health-code/v1/revocation-list")).StatusCode.ShouldBe(HttpStatusCode.OK);
        // A colour whose own end has come is not made to last.
        town.Clock.Advance(TimeSpan.FromHours(24));
        CityCode.Verify((await ShowAsync(town, person)).Text, gate.Keys, town.Now).Payload!.ColourHolds(town.Now).ShouldBeFalse();

        await databases.RevivePostgresAsync();
        town.Clock.Advance(TimeSpan.FromSeconds(20));
        await Eventually.Async(async () => (await person.Client.GetAsync(Credential)) is { IsSuccessStatusCode: true } again
            && (await Town.ReadAsync<IssueCredential.Credential>(again)).AsOf is null);
    }

    private static Task<IssueCredential.Credential> ShowAsync(Town town, Person person) => town.GetAsync<IssueCredential.Credential>(person.Client, Credential);
}

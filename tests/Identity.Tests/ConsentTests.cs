using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class ConsentTests(CityServers servers)
{
    private const string PersonPhone = "13800000001";
    private const string ProxyPhone = "13800000002";

    [Fact]
    public async Task A_proxy_acts_for_the_person_with_the_services_of_the_consent_and_no_others()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (person, proxy) = (await app.SignInByPhoneAsync(PersonPhone), await app.SignInByPhoneAsync(ProxyPhone));

        var consent = await GiveAsync(person, "health-code", "government-services");
        var reply = await ExchangeAsync(proxy, consent);

        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.Text("issued_token_type").ShouldBe("urn:ietf:params:oauth:token-type:access_token");
        reply.Claim("sub").ShouldBe([person.AccountId.ToString()]);
        reply.Claims.GetProperty("act").GetProperty("sub").GetGuid().ShouldBe(proxy.AccountId);
        reply.Claim("role").ShouldBe(["proxy"]);
        reply.Claim("aud").ShouldBe(["health-code", "government-services"]);
        reply.Text("refresh_token").ShouldBeNull();
        (await app.With(reply.Text("access_token")!).GetAsync("/identity/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Either_of_the_two_ends_it()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (person, proxy) = (await app.SignInByPhoneAsync(PersonPhone), await app.SignInByPhoneAsync(ProxyPhone));
        var (takenBack, givenBack) = (await GiveAsync(person, "health-code"), await GiveAsync(person, "health-code"));

        (await person.Client().DeleteAsync($"/identity/v1/consents/{takenBack}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await proxy.Client().DeleteAsync($"/identity/v1/consents/{givenBack}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await ExchangeAsync(proxy, takenBack)).ShouldBeRefused("invalid_grant", "consent_not_in_force");
        (await ExchangeAsync(proxy, givenBack)).ShouldBeRefused("invalid_grant", "consent_not_in_force");
    }

    [Fact]
    public async Task It_ends_by_the_citys_time()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (person, proxy) = (await app.SignInByPhoneAsync(PersonPhone), await app.SignInByPhoneAsync(ProxyPhone));
        var consent = await GiveAsync(person, "health-code");

        app.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        (await ExchangeAsync(proxy, consent)).Status.ShouldBe(HttpStatusCode.OK);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        (await ExchangeAsync(proxy, consent)).ShouldBeRefused("invalid_grant", "consent_not_in_force");
    }

    [Fact]
    public async Task Nobody_else_uses_it()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (person, other) = (await app.SignInByPhoneAsync(PersonPhone), await app.SignInByPhoneAsync("13800000003"));
        var consent = await GiveAsync(person, "health-code");

        (await ExchangeAsync(other, consent)).ShouldBeRefused("invalid_grant", "consent_not_in_force");
        (await ExchangeAsync(person, consent)).ShouldBeRefused("invalid_grant", "consent_not_in_force");
        (await ExchangeAsync(app.Anyone(), consent.ToString())).ShouldBeRefused("invalid_client", "client_refused");
        (await other.Client().DeleteAsync($"/identity/v1/consents/{consent}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("not an id", "urn:smartcity:token-type:consent")]
    [InlineData("00000000-0000-0000-0000-000000000001", "urn:ietf:params:oauth:token-type:access_token")]
    public async Task A_malformed_exchange_is_refused(string subject, string type)
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        using var client = (await app.SignInByPhoneAsync(ProxyPhone)).Client();

        (await ExchangeAsync(client, subject, type)).ShouldBeRefused("invalid_request", "token_request_invalid");
    }

    [Fact]
    public async Task Both_see_it_and_neither_sees_the_others_phone()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(PersonPhone);
        var consent = await GiveAsync(person, "health-code");
        var (proxy, other) = (await app.SignInByPhoneAsync(ProxyPhone), await app.SignInByPhoneAsync("13800000003"));

        var ofPerson = (await ListAsync(person)).ShouldHaveSingleItem();
        var ofProxy = (await ListAsync(proxy)).ShouldHaveSingleItem();

        (await ListAsync(other)).ShouldBeEmpty();
        ofPerson.GetProperty("id").GetGuid().ShouldBe(consent);
        ofPerson.GetProperty("otherPhone").GetString().ShouldBe("+86****0002");
        ofProxy.GetProperty("otherPhone").GetString().ShouldBe("+86****0001");
        ofProxy.GetProperty("inForce").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task The_list_is_paged()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(PersonPhone);
        var given = new[] { await GiveAsync(person, "health-code"), await GiveAsync(person, "health-code"), await GiveAsync(person, "health-code") };

        var first = await person.Client().GetFromJsonAsync<JsonElement>("/identity/v1/consents?limit=2");
        var second = await person.Client().GetFromJsonAsync<JsonElement>($"/identity/v1/consents?limit=2&after={first.GetProperty("next").GetString()}");

        Items(first).Concat(Items(second)).Select(item => item.GetProperty("id").GetGuid()).ShouldBe(given, ignoreOrder: true);
        Items(second).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_repeated_request_gives_one_consent()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(PersonPhone);
        var key = Guid.NewGuid();

        (await GiveAsync(person, key, "health-code")).ShouldBe(await GiveAsync(person, key, "health-code"));
        (await ListAsync(person)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("13800000002", "identity", 7, "service_invalid")]
    [InlineData("13800000002", "nonsense", 7, "service_invalid")]
    [InlineData("13800000002", "health-code", 0, "expiry_invalid")]
    [InlineData("13800000002", "health-code", 400, "expiry_invalid")]
    [InlineData("13800000001", "health-code", 7, "proxy_is_self")]
    [InlineData(null, "health-code", 7, "proxy_invalid")]
    public async Task What_is_no_consent_is_refused(string? proxyPhone, string service, int days, string code)
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        using var person = (await app.SignInByPhoneAsync(PersonPhone)).Client();
        person.DefaultRequestHeaders.Add(IdempotencyKey.Header, Guid.NewGuid().ToString());

        var answer = await person.PostAsJsonAsync("/identity/v1/consents", new { proxyPhone, services = new[] { service }, expiresAt = app.Clock.GetUtcNow().AddDays(days) });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Twenty_are_in_force_at_most()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(PersonPhone);
        for (var count = 0; count < 20; count++) await GiveAsync(person, "health-code");

        (await PostAsync(person, Guid.NewGuid(), "health-code")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private static Task<Guid> GiveAsync(SignedIn person, params string[] services) => GiveAsync(person, Guid.NewGuid(), services);

    private static async Task<Guid> GiveAsync(SignedIn person, Guid key, params string[] services)
    {
        var answer = await PostAsync(person, key, services);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private static Task<HttpResponseMessage> PostAsync(SignedIn person, Guid key, params string[] services)
    {
        var client = person.Client();
        client.DefaultRequestHeaders.Add(IdempotencyKey.Header, key.ToString());
        return client.PostAsJsonAsync("/identity/v1/consents", new { proxyPhone = ProxyPhone, services, expiresAt = person.App.Clock.GetUtcNow().AddDays(7) });
    }

    private static Task<TokenReply> ExchangeAsync(SignedIn proxy, Guid consent) => ExchangeAsync(proxy.Client(), consent.ToString());

    private static Task<TokenReply> ExchangeAsync(HttpClient proxy, string subject, string type = "urn:smartcity:token-type:consent") =>
        IdentityApp.TokenAsync(proxy, ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", subject), ("subject_token_type", type));

    private static async Task<JsonElement[]> ListAsync(SignedIn person) => Items(await person.Client().GetFromJsonAsync<JsonElement>("/identity/v1/consents"));

    private static JsonElement[] Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];
}

using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmartCity.Identity.Domain;
using SmartCity.Signing;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class DiscoveryTests(CityServers servers)
{
    [Fact]
    public async Task Metadata_names_the_issuer_and_where_everything_is()
    {
        await using var app = await new IdentityApp(servers, ("Identity:Issuer", "https://city.example/identity")).StartAsync();
        using var client = app.Anyone();
        client.DefaultRequestHeaders.Add("X-Forwarded-Host", "city.example");

        var answer = await client.GetAsync("/identity/.well-known/openid-configuration");
        var metadata = await answer.Content.ReadFromJsonAsync<JsonElement>();

        metadata.GetProperty("issuer").GetString().ShouldBe("https://city.example/identity");
        metadata.GetProperty("jwks_uri").GetString().ShouldBe("https://city.example/identity/.well-known/jwks.json");
        metadata.GetProperty("token_endpoint").GetString().ShouldBe("https://city.example/identity/connect/token");
        answer.Headers.CacheControl!.Public.ShouldBeTrue();
        answer.Headers.CacheControl.MaxAge.ShouldBe(TimeSpan.FromMinutes(5));
        answer.Headers.Vary.ShouldContain("X-Forwarded-Host");
    }

    [Fact]
    public async Task A_service_that_asks_directly_is_sent_to_an_address_that_needs_no_gateway()
    {
        await using var app = await new IdentityApp(servers, ("Identity:Issuer", "https://city.example/identity")).StartAsync();

        var metadata = await app.Anyone().GetFromJsonAsync<JsonElement>("/identity/.well-known/openid-configuration");

        metadata.GetProperty("issuer").GetString().ShouldBe("https://city.example/identity");
        metadata.GetProperty("jwks_uri").GetString().ShouldBe("http://localhost/identity/.well-known/jwks.json");
    }

    [Fact]
    public async Task Published_keys_check_tokens_and_hold_nothing_private()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync("13800000001");

        var keys = await app.Anyone().GetFromJsonAsync<JsonElement>("/identity/.well-known/jwks.json");

        person.Reply.IsSignedByOneOf(keys).ShouldBeTrue();
        var key = keys.GetProperty("keys").EnumerateArray().ShouldHaveSingleItem();
        key.EnumerateObject().Select(member => member.Name).ShouldBe(["kid", "x", "y", "kty", "crv", "use", "alg"], ignoreOrder: true);
    }

    [Fact]
    public void Key_ids_are_thumbprints_as_RFC_7638_makes_them()
    {
        // The members in lexical order and nothing between them.
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes("""{"crv":"P-256","kty":"EC","x":"AQ","y":"Ag"}"""));

        SigningKey.Thumbprint("AQ", "Ag").ShouldBe(System.Buffers.Text.Base64Url.EncodeToString(expected));
    }

    [Fact]
    public async Task A_token_is_an_access_token_as_RFC_9068_has_it()
    {
        await using var app = await new IdentityApp(servers).StartAsync();

        var reply = (await app.SignInStaffAsync("li", "department-officer", "public-security")).Reply;

        reply.Header.GetProperty("typ").GetString().ShouldBe("at+jwt");
        reply.Header.GetProperty("alg").GetString().ShouldBe("ES256");
        reply.Claim("iss").ShouldBe(["http://localhost:8080/identity"]);
        reply.Claim("aud").ShouldBe(["identity", "health-code", "place-registration", "government-services", "early-warning", "gateway"]);
        reply.Claim("client_id").ShouldBe(["city-app"]);
        reply.Claim("scope").ShouldBe(["city"]);
        reply.Claim("role").ShouldBe(["department-officer"]);
        reply.Claim("department").ShouldBe(["public-security"]);
        reply.Claim("jti").ShouldHaveSingleItem().ShouldNotBeEmpty();
        Guid.TryParse(reply.Claim("sub").Single(), out _).ShouldBeTrue();
        (reply.Claims.GetProperty("exp").GetInt64() - reply.Claims.GetProperty("iat").GetInt64()).ShouldBe(600);
        reply.Claims.TryGetProperty("act", out _).ShouldBeFalse();
        reply.Message.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }
}

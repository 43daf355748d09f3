using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Identity.Tests;

public sealed class ClientCredentialsTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_service_gets_a_token_for_the_audience_and_scope_it_is_registered_for()
    {
        var reply = await AskAsync();

        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.Claim("sub").ShouldBe(["place-registration"]);
        reply.Claim("client_id").ShouldBe(["place-registration"]);
        reply.Claim("aud").ShouldBe(["health-code"]);
        reply.Claim("scope").ShouldBe(["health-code:status"]);
        reply.Claim("role").ShouldBeEmpty();
        reply.Text("refresh_token").ShouldBeNull();
    }

    [Fact]
    public async Task HTTP_Basic_works_too()
    {
        using var client = shared.App.Anyone();
        var pair = $"place-registration:{Uri.EscapeDataString(IdentityApp.PlaceSecret)}";
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));

        var reply = await IdentityApp.TokenAsync(client, ("grant_type", "client_credentials"), ("audience", "health-code"));

        reply.Claim("sub").ShouldBe(["place-registration"]);
    }

    [Theory]
    [InlineData("place-registration", "not the secret")]
    [InlineData("nobody", IdentityApp.PlaceSecret)]
    [InlineData("government-services", "")]
    [InlineData("government-services", "registered, but the city gave it no secret")]
    public async Task An_unknown_service_or_a_wrong_secret_is_refused(string client, string secret)
    {
        var reply = await AskAsync(client, secret);

        reply.ShouldBeRefused("invalid_client", "client_refused");
        reply.Message.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Basic");
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("bm8gY29sb24=")]
    public async Task A_malformed_Basic_header_is_refused(string value)
    {
        using var client = shared.App.Anyone();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Basic {value}");

        (await IdentityApp.TokenAsync(client, ("grant_type", "client_credentials"))).ShouldBeRefused("invalid_client", "client_refused");
    }

    [Fact]
    public async Task Another_audience_is_refused()
    {
        (await AskAsync(audience: "early-warning")).ShouldBeRefused("invalid_target", "audience_not_allowed");
    }

    [Theory]
    [InlineData("health-code:everything")]
    [InlineData("city")]
    [InlineData("health-code:status city")]
    public async Task Another_scope_is_refused(string scope)
    {
        (await AskAsync(scope: scope)).ShouldBeRefused("invalid_scope", "scope_not_allowed");
    }

    private Task<TokenReply> AskAsync(
        string client = "place-registration", string secret = IdentityApp.PlaceSecret, string audience = "health-code", string scope = "health-code:status") =>
        shared.App.TokenAsync(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("audience", audience), ("scope", scope));
}

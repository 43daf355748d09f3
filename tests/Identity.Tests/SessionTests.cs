using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class SessionTests(CityServers servers)
{
    private const string Phone = "13800000001";

    [Fact]
    public async Task A_refresh_token_gives_the_next_pair()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(Phone);

        var next = await RefreshAsync(app, person.RefreshToken);
        var afterNext = await RefreshAsync(app, next.Text("refresh_token")!);

        afterNext.Status.ShouldBe(HttpStatusCode.OK);
        afterNext.Claim("sub").ShouldBe([person.AccountId.ToString()]);
        afterNext.Claim("role").ShouldBe(["citizen"]);
    }

    [Fact]
    public async Task A_refresh_token_used_twice_ends_the_whole_session()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(Phone);
        var next = await RefreshAsync(app, person.RefreshToken);

        (await RefreshAsync(app, person.RefreshToken)).ShouldBeRefused("invalid_grant", "refresh_token_reused");

        (await RefreshAsync(app, next.Text("refresh_token")!)).ShouldBeRefused("invalid_grant", "refresh_token_invalid");
        (await AuditAsync(person)).ShouldContain("refreshTokenReused");
    }

    [Fact]
    public async Task A_refresh_token_sent_side_by_side_works_at_most_once()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(Phone);

        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RefreshAsync(app, person.RefreshToken)));

        replies.Count(reply => reply.Status == HttpStatusCode.OK).ShouldBe(1);
    }

    [Fact]
    public async Task Another_session_of_the_same_person_goes_on()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (phone, tablet) = (await app.SignInByPhoneAsync(Phone), await app.SignInByPhoneAsync(Phone));
        await RefreshAsync(app, phone.RefreshToken);
        await RefreshAsync(app, phone.RefreshToken);

        (await RefreshAsync(app, tablet.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false, 30 * 24)]
    [InlineData(true, 12)]
    public async Task A_session_ends_in_time_however_often_it_is_renewed(bool staff, int hours)
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = staff ? await app.SignInStaffAsync("wang", "health-officer") : await app.SignInByPhoneAsync(Phone);
        app.RealClock.Advance(TimeSpan.FromHours(hours) - TimeSpan.FromMinutes(1));
        var renewed = await RefreshAsync(app, person.RefreshToken);
        renewed.Status.ShouldBe(HttpStatusCode.OK);

        app.RealClock.Advance(TimeSpan.FromMinutes(1));

        (await RefreshAsync(app, renewed.Text("refresh_token")!)).ShouldBeRefused("invalid_grant", "refresh_token_invalid");
    }

    [Fact]
    public async Task A_refresh_token_belongs_to_the_app_that_signed_in()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(Phone);

        (await app.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", person.RefreshToken), ("client_id", "portal")))
            .ShouldBeRefused("invalid_grant", "refresh_token_invalid");
        (await app.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", person.RefreshToken), ("client_id", "unknown")))
            .ShouldBeRefused("invalid_client", "client_refused");
        (await RefreshAsync(app, person.RefreshToken)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync(Phone);

        (await SignOutAsync(app, person.RefreshToken)).ShouldBe(HttpStatusCode.OK);
        (await SignOutAsync(app, "a token that never was")).ShouldBe(HttpStatusCode.OK);

        (await RefreshAsync(app, person.RefreshToken)).ShouldBeRefused("invalid_grant", "refresh_token_invalid");
        (await AuditAsync(person)).ShouldContain("signedOut");
    }

    private static Task<TokenReply> RefreshAsync(IdentityApp app, string token) => app.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token));

    private static async Task<HttpStatusCode> SignOutAsync(IdentityApp app, string token)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]);
        return (await app.Anyone().PostAsync("/identity/connect/revocation", form)).StatusCode;
    }

    private static async Task<string[]> AuditAsync(SignedIn person) =>
        [.. (await person.Client().GetFromJsonAsync<JsonElement>("/identity/v1/me/audit")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()!)];
}

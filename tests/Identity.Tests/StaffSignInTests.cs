using System.Net;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class StaffSignInTests(CityServers servers)
{
    [Fact]
    public async Task Password_and_TOTP_sign_in()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.AddStaffAsync("wang", "health-officer", "health-commission");

        var reply = await app.StaffGrantAsync("WANG", totp: Totp.Now(IdentityApp.TotpSecret));

        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.Claim("role").ShouldBe(["health-officer"]);
        reply.Text("refresh_token").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Password_alone_does_not()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.AddStaffAsync("wang", "health-officer");

        (await app.StaffGrantAsync("wang")).ShouldBeRefused("invalid_grant", "totp_missing");
        (await app.StaffGrantAsync("wang", totp: Totp.Wrong(IdentityApp.TotpSecret))).ShouldBeRefused("invalid_grant", "credentials_wrong");
    }

    [Fact]
    public async Task A_TOTP_code_works_once()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.AddStaffAsync("wang", "health-officer");
        var (earlier, now) = (Totp.Now(IdentityApp.TotpSecret, stepsAgo: 1), Totp.Now(IdentityApp.TotpSecret));
        (await app.StaffGrantAsync("wang", totp: earlier)).Status.ShouldBe(HttpStatusCode.OK);
        (await app.StaffGrantAsync("wang", totp: now)).Status.ShouldBe(HttpStatusCode.OK);

        (await app.StaffGrantAsync("wang", totp: now)).ShouldBeRefused("invalid_grant", "totp_used");
        (await app.StaffGrantAsync("wang", totp: earlier)).ShouldBeRefused("invalid_grant", "totp_used");
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_name_and_a_locked_account_are_told_in_the_same_words()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.AddStaffAsync("wang", "health-officer");

        var unknown = await app.StaffGrantAsync("nobody", "some password");
        var wrong = new List<TokenReply>();
        for (var count = 0; count < 7; count++) wrong.Add(await app.StaffGrantAsync("wang", "some password"));

        unknown.ShouldBeRefused("invalid_grant", "credentials_wrong");
        wrong.Select(reply => reply.Body.ToString()).Distinct().ShouldBe([unknown.Body.ToString()]);
    }

    [Fact]
    public async Task Five_failures_lock_the_account_and_it_opens_again_when_the_lock_ends()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var account = await app.AddStaffAsync("wang", "health-officer");
        for (var count = 0; count < 5; count++) await app.StaffGrantAsync("wang", "some password");

        (await app.StaffGrantAsync("wang", totp: Totp.Now(IdentityApp.TotpSecret))).ShouldBeRefused("invalid_grant", "credentials_wrong");

        // Identity reads the system's clock, so the lock's end is moved and not the clock.
        await app.Database.ExecuteAsync($"UPDATE accounts SET lockout_end = lockout_end - interval '15 minutes' WHERE id = '{account}'");
        (await app.StaffGrantAsync("wang", totp: Totp.Now(IdentityApp.TotpSecret))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Guesses_sent_side_by_side_do_not_get_around_the_lock()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.AddStaffAsync("wang", "health-officer");
        await app.StaffGrantAsync("nobody", "warms the app up");

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => app.StaffGrantAsync("wang", $"guess {number}")));

        // Whatever was looked at was counted; the rest was turned away unseen.
        var seen = replies.Count(reply => reply.Code == "credentials_wrong");
        (await app.Database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE action = 'SignInFailed'")).ShouldBe(Math.Min(seen, 5));
        replies.Where(reply => reply.Code != "credentials_wrong").ShouldAllBe(reply => reply.Code == "sign_in_busy" && reply.Status == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Wrong_TOTP_codes_lock_too()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.AddStaffAsync("wang", "health-officer");
        for (var count = 0; count < 5; count++) await app.StaffGrantAsync("wang", totp: Totp.Wrong(IdentityApp.TotpSecret));

        (await app.StaffGrantAsync("wang", totp: Totp.Now(IdentityApp.TotpSecret))).Code.ShouldBe("credentials_wrong");
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class StaffAccountTests(CityServers servers)
{
    [Fact]
    public async Task A_new_officer_sets_up_TOTP_and_then_has_the_role()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var op = await app.SignInStaffAsync("chief", "operator");

        var (account, password) = await CreateAsync(op, "zhao", ["department-officer"], "public-security");
        var before = await app.StaffGrantAsync("zhao", password);
        using var enrolling = app.With(before.Text("access_token")!);
        var begun = await (await enrolling.PostAsJsonAsync("/identity/v1/me/totp", new { password })).Content.ReadFromJsonAsync<JsonElement>();
        var secret = begun.GetProperty("secret").GetString()!;
        var confirmed = await enrolling.PutAsJsonAsync("/identity/v1/me/totp", new { code = Totp.Now(secret) });
        var after = await app.StaffGrantAsync("zhao", password, Totp.Now(secret));

        before.Claim("role").ShouldBe(["enrolling"]);
        before.Claim("aud").ShouldBe(["identity"]);
        before.Text("refresh_token").ShouldBeNull();
        begun.GetProperty("otpauthUri").GetString().ShouldBe($"otpauth://totp/SmartCity:zhao?secret={secret}&issuer=SmartCity&digits=6&period=30");
        confirmed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        after.Claim("sub").ShouldBe([account.ToString()]);
        after.Claim("role").ShouldBe(["department-officer"]);
        after.Claim("department").ShouldBe(["public-security"]);
    }

    [Fact]
    public async Task TOTP_is_not_set_up_by_a_wrong_code()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (_, password) = await CreateAsync(await app.SignInStaffAsync("chief", "operator"), "zhao", ["auditor"]);
        using var enrolling = app.With((await app.StaffGrantAsync("zhao", password)).Text("access_token")!);
        var tooEarly = await enrolling.PutAsJsonAsync("/identity/v1/me/totp", new { code = "123456" });
        var begun = await (await enrolling.PostAsJsonAsync("/identity/v1/me/totp", new { password })).Content.ReadFromJsonAsync<JsonElement>();

        var wrong = await enrolling.PutAsJsonAsync("/identity/v1/me/totp", new { code = Totp.Wrong(begun.GetProperty("secret").GetString()!) });

        (await CodeAsync(tooEarly)).ShouldBe("totp_wrong");
        (await CodeAsync(wrong)).ShouldBe("totp_wrong");
        (await app.StaffGrantAsync("zhao", password)).Claim("role").ShouldBe(["enrolling"]);
    }

    [Fact]
    public async Task A_stolen_access_token_brings_in_no_second_factor()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        using var thief = (await app.SignInStaffAsync("wang", "health-officer")).Client();

        (await CodeAsync(await thief.PostAsJsonAsync("/identity/v1/me/totp", new { password = "a guess of mine" }))).ShouldBe("credentials_wrong");
        (await CodeAsync(await thief.PostAsJsonAsync("/identity/v1/me/totp", new { password = IdentityApp.Password }))).ShouldBe("credentials_wrong");
        (await CodeAsync(await thief.PutAsJsonAsync("/identity/v1/me/totp", new { code = Totp.Now(IdentityApp.TotpSecret, -1) }))).ShouldBe("totp_enrolled_already");
    }

    [Fact]
    public async Task Another_password_ends_the_sessions()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var wang = await app.SignInStaffAsync("wang", "health-officer");

        var changed = await wang.Client().PutAsJsonAsync("/identity/v1/me/password",
            new { password = IdentityApp.Password, totp = Totp.Now(IdentityApp.TotpSecret, -1), newPassword = "another good password" });

        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await app.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", wang.RefreshToken))).Code.ShouldBe("refresh_token_invalid");
        (await app.StaffGrantAsync("wang", totp: Totp.Now(IdentityApp.TotpSecret, 1))).Code.ShouldBe("credentials_wrong");
        (await app.StaffGrantAsync("wang", "another good password", Totp.Now(IdentityApp.TotpSecret, 1))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_closed_account_is_out_at_once()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (op, wang) = (await app.SignInStaffAsync("chief", "operator"), await app.SignInStaffAsync("wang", "health-officer"));

        (await op.Client().DeleteAsync($"/identity/v1/staff/{wang.AccountId}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await app.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", wang.RefreshToken))).Code.ShouldBe("refresh_token_invalid");
        (await app.StaffGrantAsync("wang", totp: Totp.Now(IdentityApp.TotpSecret, 1))).Code.ShouldBe("credentials_wrong");
        (await op.Client().DeleteAsync($"/identity/v1/staff/{wang.AccountId}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_reset_account_begins_anew()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (op, wang) = (await app.SignInStaffAsync("chief", "operator"), await app.SignInStaffAsync("wang", "health-officer"));
        for (var count = 0; count < 5; count++) await app.StaffGrantAsync("wang", "some password");

        var reset = await op.Client().PostAsync($"/identity/v1/staff/{wang.AccountId}/reset", content: null);
        var password = (await reset.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("password").GetString()!;

        (await app.StaffGrantAsync("wang", totp: Totp.Now(IdentityApp.TotpSecret, 1))).Code.ShouldBe("credentials_wrong");
        (await app.StaffGrantAsync("wang", password)).Claim("role").ShouldBe(["enrolling"]);
        (await app.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", wang.RefreshToken))).Code.ShouldBe("refresh_token_invalid");
    }

    [Fact]
    public async Task Operators_do_not_reset_or_close_their_own_account()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var op = await app.SignInStaffAsync("chief", "operator");

        (await CodeAsync(await op.Client().PostAsync($"/identity/v1/staff/{op.AccountId}/reset", content: null))).ShouldBe("own_account");
        (await CodeAsync(await op.Client().DeleteAsync($"/identity/v1/staff/{op.AccountId}"))).ShouldBe("own_account");
    }

    [Theory]
    [InlineData("zhao", "citizen", null, "role_invalid")]
    [InlineData("zhao", "proxy", null, "role_invalid")]
    [InlineData("zhao", "emperor", null, "role_invalid")]
    [InlineData("zhao", "department-officer", null, "department_missing")]
    [InlineData("zhao", "department-officer", "Public Security", "format_invalid")]
    [InlineData("chief", "auditor", null, "user_name_taken")]
    [InlineData("Zhao Yun", "auditor", null, "format_invalid")]
    public async Task What_no_staff_account_can_be_is_refused(string userName, string role, string? department, string code)
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var op = await app.SignInStaffAsync("chief", "operator");

        var answer = await op.Client().PostAsJsonAsync("/identity/v1/staff", new { userName, roles = new[] { role }, department });

        (await CodeAsync(answer)).ShouldBe(code);
    }

    [Fact]
    public async Task The_list_of_staff_is_paged_and_holds_nobody_who_signs_in_by_phone()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var op = await app.SignInStaffAsync("chief", "operator");
        await app.SignInByPhoneAsync("13800000001");
        foreach (var name in new[] { "a-first", "b-second", "z-last" }) await app.AddStaffAsync(name, "auditor");

        var first = await op.Client().GetFromJsonAsync<JsonElement>("/identity/v1/staff?limit=3");
        var second = await op.Client().GetFromJsonAsync<JsonElement>($"/identity/v1/staff?limit=3&after={first.GetProperty("next").GetString()}");

        Names(first).ShouldBe(["a-first", "b-second", "chief"]);
        Names(second).ShouldBe(["z-last"]);
        second.TryGetProperty("next", out _).ShouldBeFalse();
    }

    private static async Task<(Guid Account, string Password)> CreateAsync(SignedIn op, string userName, string[] roles, string? department = null)
    {
        var answer = await op.Client().PostAsJsonAsync("/identity/v1/staff", new { userName, roles, department });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (body.GetProperty("accountId").GetGuid(), body.GetProperty("password").GetString()!);
    }

    private static string[] Names(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("userName").GetString()!)];

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}

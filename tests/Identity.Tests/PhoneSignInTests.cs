using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class PhoneSignInTests(CityServers servers)
{
    private const string Phone = "13800000001";

    [Fact]
    public async Task The_code_signs_in_and_the_first_time_makes_the_account()
    {
        await using var app = await new IdentityApp(servers).StartAsync();

        var first = await app.SignInByPhoneAsync(Phone);
        var again = await app.SignInByPhoneAsync("+8613800000001");

        again.AccountId.ShouldBe(first.AccountId);
        first.Reply.Claim("role").ShouldBe(["citizen"]);
        var me = await first.Client().GetFromJsonAsync<JsonElement>("/identity/v1/me");
        me.GetProperty("accountId").GetGuid().ShouldBe(first.AccountId);
        me.GetProperty("phone").GetString().ShouldBe("+86****0001");
    }

    [Fact]
    public async Task A_code_works_once()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var code = await app.RequestCodeAsync(Phone);

        (await app.PhoneCodeGrantAsync(Phone, code)).Status.ShouldBe(HttpStatusCode.OK);

        (await app.PhoneCodeGrantAsync(Phone, code)).ShouldBeRefused("invalid_grant", "phone_code_wrong");
    }

    [Fact]
    public async Task A_code_sent_side_by_side_signs_in_once()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var code = await app.RequestCodeAsync(Phone);

        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.PhoneCodeGrantAsync(Phone, code)));

        replies.Count(reply => reply.Status == HttpStatusCode.OK).ShouldBe(1);
    }

    [Fact]
    public async Task A_code_ends_after_five_minutes()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var code = await app.RequestCodeAsync(Phone);

        app.RealClock.Advance(TimeSpan.FromMinutes(5));

        (await app.PhoneCodeGrantAsync(Phone, code)).ShouldBeRefused("invalid_grant", "phone_code_wrong");
    }

    [Fact]
    public async Task Only_the_newest_code_counts()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var older = await app.RequestCodeAsync(Phone);
        app.RealClock.Advance(TimeSpan.FromSeconds(1));
        var newer = await app.RequestCodeAsync(Phone);

        (await app.PhoneCodeGrantAsync(Phone, older)).ShouldBeRefused("invalid_grant", "phone_code_wrong");
        (await app.PhoneCodeGrantAsync(Phone, newer)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task After_five_wrong_tries_the_right_code_is_refused_too()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var code = await app.RequestCodeAsync(Phone);
        var wrong = code == "000000" ? "000001" : "000000";

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => app.PhoneCodeGrantAsync(Phone, wrong)));

        (await app.PhoneCodeGrantAsync(Phone, code)).ShouldBeRefused("invalid_grant", "phone_code_wrong");
    }

    [Fact]
    public async Task A_code_of_another_phone_is_refused()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.RequestCodeAsync(Phone);
        var code = await app.RequestCodeAsync("13800000002");

        (await app.PhoneCodeGrantAsync(Phone, code)).Code.ShouldBe("phone_code_wrong");
    }

    [Fact]
    public async Task A_phone_gets_ten_codes_a_day_also_when_asked_for_side_by_side()
    {
        await using var app = await new IdentityApp(servers).StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 14).Select(_ => app.Anyone().PostAsJsonAsync("/identity/v1/phone-codes", new { phone = Phone })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted).ShouldBe(10);
        var refusal = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        refusal.Headers.RetryAfter!.Delta!.Value.ShouldBe(TimeSpan.FromDays(1), tolerance: TimeSpan.FromMinutes(1));
        (await refusal.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("phone_codes_too_many");
        app.RealClock.Advance(TimeSpan.FromDays(1));
        await app.RequestCodeAsync(Phone);
    }

    [Fact]
    public async Task An_address_gets_so_many_codes_an_hour_whatever_the_phones()
    {
        await using var app = await new IdentityApp(servers, ("PhoneCodes:MaxPerAddressAndHour", "2")).StartAsync();
        using var client = app.Anyone();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        using var neighbour = app.Anyone();
        neighbour.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.8");

        var statuses = new List<HttpStatusCode>();
        for (var last = 0; last < 3; last++) statuses.Add((await client.PostAsJsonAsync("/identity/v1/phone-codes", new { phone = $"1380000001{last}" })).StatusCode);

        statuses.ShouldBe([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests]);
        (await neighbour.PostAsJsonAsync("/identity/v1/phone-codes", new { phone = "13800000020" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task The_code_is_not_in_the_answer_unless_the_city_is_set_up_for_it()
    {
        await using var app = await new IdentityApp(servers, ("PhoneCodes:ShowInAnswer", "false")).StartAsync();

        var answer = await app.Anyone().PostAsJsonAsync("/identity/v1/phone-codes", new { phone = Phone });

        (await answer.Content.ReadFromJsonAsync<JsonElement>()).EnumerateObject().Select(member => member.Name).ShouldBe(["expiresIn"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("23800000001")]
    [InlineData("+0613800000001")]
    [InlineData("13800000001\n")]
    [InlineData("1380000000１")]
    public async Task What_is_no_phone_is_refused(string phone)
    {
        await using var app = await new IdentityApp(servers).StartAsync();

        var answer = await app.Anyone().PostAsJsonAsync("/identity/v1/phone-codes", new { phone });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Identity.Tests;

public sealed class MalformedRequestTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("", "invalid_request")]
    [InlineData("grant_type=", "invalid_request")]
    [InlineData("grant_type=magic", "unsupported_grant_type")]
    [InlineData("grant_type=client_credentials&grant_type=client_credentials", "invalid_request")]
    [InlineData("grant_type=urn:smartcity:grant:staff", "invalid_request")]
    [InlineData("grant_type=urn:smartcity:grant:staff&username=%00&password=x", "invalid_request")]
    [InlineData("grant_type=urn:smartcity:grant:staff&username=%ED%A0%80&password=%FF%FE", "invalid_grant")]
    [InlineData("grant_type=urn:smartcity:grant:staff&username=%EF%BF%BE%F0%9F%98%80&password=x", "invalid_grant")]
    [InlineData("grant_type=urn:smartcity:grant:phone-code&phone=1&code=1", "invalid_request")]
    [InlineData("grant_type=urn:smartcity:grant:phone-code&phone=13800000001&code=%27%3B--", "invalid_grant")]
    [InlineData("grant_type=refresh_token", "invalid_request")]
    [InlineData("grant_type=refresh_token&refresh_token=%F0%9F%98%80", "invalid_grant")]
    [InlineData("grant_type=client_credentials&client_id=%F0%9F%98%80&client_secret=x", "invalid_client")]
    [InlineData("grant_type=urn:ietf:params:oauth:grant-type:token-exchange", "invalid_request")]
    [InlineData("a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1&r=1&s=1&t=1&u=1&v=1&w=1&x=1&y=1&z=1&aa=1&ab=1&ac=1&ad=1&ae=1&af=1&ag=1&ah=1", "invalid_request")]
    public async Task The_token_endpoint_answers_in_OAuths_words(string body, string error)
    {
        using var content = new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded");

        var reply = await TokenReply.ReadAsync(await shared.App.Anyone().PostAsync("/identity/connect/token", content));

        reply.Error.ShouldBe(error);
        reply.Code.ShouldNotBeNullOrEmpty();
        reply.Text("error_description")!.ShouldAllBe(letter => letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\');
        reply.Status.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_value_that_is_too_long_is_refused()
    {
        var app = shared.App;

        (await app.TokenAsync(("grant_type", new string('x', 20_000)))).ShouldBeRefused("invalid_request", "token_request_invalid");
        (await app.StaffGrantAsync(new string('x', 8_000), new string('x', 8_000))).ShouldBeRefused("invalid_grant", "credentials_wrong");
    }

    [Fact]
    public async Task The_message_is_in_the_callers_language_and_the_description_in_ASCII()
    {
        var app = shared.App;
        using var client = app.Anyone();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        var reply = await IdentityApp.TokenAsync(client, ("grant_type", "magic"));

        reply.Text("message").ShouldBe("请使用元数据中列出的授权方式。");
        reply.Text("error_description").ShouldBe("Use one of the grant types that the metadata of the provider lists.");
    }

    [Theory]
    [InlineData("GET", "/identity/v1/staff?after=%00")]
    [InlineData("GET", "/identity/v1/staff?limit=0")]
    [InlineData("GET", "/identity/v1/me/audit?after=nonsense")]
    [InlineData("GET", "/identity/v1/consents?limit=1000000000000")]
    [InlineData("POST", "/identity/v1/staff", """{"userName":"a\u0000b","roles":["auditor"]}""")]
    [InlineData("POST", "/identity/v1/staff", """{"userName":"abc","roles":[null]}""")]
    [InlineData("POST", "/identity/v1/staff", """{"userName":"abc","roles":"auditor"}""")]
    [InlineData("POST", "/identity/v1/phone-codes", """{"phone":"\ud800"}""")]
    [InlineData("POST", "/identity/v1/phone-codes", "{")]
    [InlineData("PUT", "/identity/v1/me/totp", """{"code":"\u0660\u0661\u0662\u0663\u0664\u0665"}""")]
    public async Task Other_endpoints_answer_with_a_problem(string method, string address, string? body = null)
    {
        var app = shared.App;
        using var client = (await app.SignInStaffAsync($"op-{Guid.NewGuid().ToString("N")[..8]}", "operator")).Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        var answer = await client.SendAsync(request);

        ((int)answer.StatusCode).ShouldBeInRange(400, 499);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("POST", "/identity/connect/token", HttpStatusCode.UnsupportedMediaType, "media_type_unsupported")]
    [InlineData("POST", "/identity/connect/revocation", HttpStatusCode.UnsupportedMediaType, "media_type_unsupported")]
    [InlineData("PUT", "/identity/connect/token", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    public async Task What_is_no_form_or_no_post_is_told_so(string method, string address, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = JsonContent.Create(new { }) };

        var answer = await shared.App.Anyone().SendAsync(request);

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
    }
}

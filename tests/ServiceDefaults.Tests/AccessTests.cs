using System.Net;
using Microsoft.AspNetCore.Builder;
using SmartCity.Testing;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class AccessTests : IAsyncLifetime
{
    private static readonly Guid Account = Guid.CreateVersion7();

    private SampleApp app = null!;

    public async ValueTask InitializeAsync() => app = await SampleApp.StartAsync(features =>
    {
        features.MapGet("/forgotten", () => "secret");
        features.MapGet("/officers", () => "ok").Allow(Roles.HealthOfficer, Roles.Auditor);
        features.MapGet("/services", () => "ok").AllowServices("sample:read");
        features.MapGet("/everyone", () => "ok").AllowEveryone();
        features.MapGet("/whoami", (Caller caller) => caller).Allow(Roles.Citizen);
    });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task An_endpoint_that_states_no_rule_is_closed_to_everybody()
    {
        await RefusedAsync("forgotten", token: null, HttpStatusCode.Unauthorized, "unauthenticated");
        await RefusedAsync("forgotten", Person([.. Roles.All]), HttpStatusCode.Forbidden, "forbidden");
        await RefusedAsync("forgotten", TestTokens.Service("sibling", SampleApp.Name, "sample:read"), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task An_endpoint_for_roles_lets_in_who_has_one_of_them()
    {
        await LetInAsync("officers", Person(Roles.HealthOfficer));
        await LetInAsync("officers", Person(Roles.Citizen, Roles.Auditor));
        await RefusedAsync("officers", token: null, HttpStatusCode.Unauthorized, "unauthenticated");
        await RefusedAsync("officers", Person(Roles.Citizen), HttpStatusCode.Forbidden, "forbidden");
        await RefusedAsync("officers", Person(), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_role_in_a_services_token_opens_nothing()
    {
        var claims = TestTokens.Claims("sibling", SampleApp.Name, "sample:read");
        claims[CityClaims.Role] = Roles.HealthOfficer;

        await RefusedAsync("officers", TestTokens.Sign(claims), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task An_endpoint_for_services_asks_for_its_scope()
    {
        await LetInAsync("services", TestTokens.Service("sibling", SampleApp.Name, "sample:read"));
        await LetInAsync("services", TestTokens.Service("sibling", SampleApp.Name, "sample:write sample:read"));
        await RefusedAsync("services", TestTokens.Service("sibling", SampleApp.Name, "sample:rea"), HttpStatusCode.Forbidden, "forbidden");
        await RefusedAsync("services", Person([.. Roles.All]), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task An_endpoint_for_everyone_does_not_look_at_tokens()
    {
        await LetInAsync("everyone", token: null);
        await LetInAsync("everyone", "nonsense");
    }

    [Fact]
    public async Task Who_was_let_in_a_moment_ago_opens_nothing_for_whoever_comes_with_less()
    {
        var token = Person(Roles.HealthOfficer);
        await LetInAsync("officers", token);
        await LetInAsync("officers", token);

        var (content, signature) = (token[..token.LastIndexOf('.')], token[(token.LastIndexOf('.') + 1)..]);
        await RefusedAsync("officers", content, HttpStatusCode.Unauthorized, "unauthenticated");
        await RefusedAsync("officers", $"{content}.{(signature[0] == 'A' ? 'B' : 'A')}{signature[1..]}", HttpStatusCode.Unauthorized, "unauthenticated");
        await RefusedAsync("services", token, HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_token_for_another_service_or_out_of_time_is_none()
    {
        var late = TestTokens.Claims(Account.ToString(), SampleApp.Name, CityClaims.PeopleScope);
        late[CityClaims.Role] = Roles.Auditor;
        late["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToUnixTimeSeconds();

        await RefusedAsync("officers", TestTokens.Sign(late), HttpStatusCode.Unauthorized, "unauthenticated");
        await RefusedAsync("officers", TestTokens.Person(Account, "neighbour", Roles.Auditor), HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task The_caller_is_who_the_token_says_also_where_a_proxy_acts()
    {
        var proxy = Guid.CreateVersion7();
        using var client = app.Client(TestTokens.Person(Account, SampleApp.Name, "health-commission", proxy, Roles.Citizen));

        var caller = System.Text.Json.Nodes.JsonNode.Parse(await client.GetStringAsync("whoami"))!;

        caller["accountId"]!.GetValue<Guid>().ShouldBe(Account);
        caller["actor"]!.GetValue<Guid>().ShouldBe(proxy);
        caller["department"]!.GetValue<string>().ShouldBe("health-commission");
    }

    private static string Person(params string[] roles) => TestTokens.Person(Account, SampleApp.Name, roles);

    private async Task LetInAsync(string path, string? token)
    {
        using var client = app.Client(token);
        (await client.GetStringAsync(path)).ShouldBe("ok");
    }

    private async Task RefusedAsync(string path, string? token, HttpStatusCode status, string code)
    {
        using var client = app.Client(token);
        using var answer = await client.GetAsync(path);
        await answer.ShouldBeProblemAsync(status, code);
    }
}

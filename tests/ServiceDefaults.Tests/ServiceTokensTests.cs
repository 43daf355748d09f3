using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class ServiceTokensTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    // Due for renewal from the start, and still valid.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(50);

    private readonly HttpClient http = new();

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task A_token_is_asked_for_with_the_services_own_secret()
    {
        await using var provider = await TokenProvider.StartAsync(Long);

        await Tokens(provider).GetAsync("health-code", "health-code:status", CancellationToken.None);

        provider.Requests.ShouldHaveSingleItem().ShouldBe(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = SampleApp.Name, ["client_secret"] = TokenProvider.Secret,
            ["audience"] = "health-code", ["scope"] = "health-code:status",
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_token_is_kept_for_its_audience_and_scope_however_many_ask_at_once()
    {
        await using var provider = await TokenProvider.StartAsync(Long);
        var tokens = Tokens(provider);

        var got = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tokens.GetAsync("a", "a:read", CancellationToken.None).AsTask()));
        var other = await tokens.GetAsync("a", "a:write", CancellationToken.None);

        got.Distinct().ShouldHaveSingleItem().ShouldNotBe(other);
        provider.Requests.Select(request => request["scope"]).ShouldBe(["a:read", "a:write"]);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends()
    {
        await using var provider = await TokenProvider.StartAsync(Short);
        var tokens = Tokens(provider);

        var first = await tokens.GetAsync("a", "a:read", CancellationToken.None);
        var second = await tokens.GetAsync("a", "a:read", CancellationToken.None);

        second.ShouldNotBe(first);
    }

    [Fact]
    public async Task A_token_that_is_still_valid_serves_while_the_provider_is_down()
    {
        await using var provider = await TokenProvider.StartAsync(Short);
        var tokens = Tokens(provider);
        var token = await tokens.GetAsync("a", "a:read", CancellationToken.None);

        await provider.StopAsync();

        (await tokens.GetAsync("a", "a:read", CancellationToken.None)).ShouldBe(token);
    }

    [Fact]
    public async Task A_token_that_has_ended_serves_no_longer()
    {
        await using var provider = await TokenProvider.StartAsync(TimeSpan.Zero);
        var tokens = Tokens(provider);
        await tokens.GetAsync("a", "a:read", CancellationToken.None);

        await provider.StopAsync();

        await UnavailableAsync(tokens);
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_token()
    {
        await using var provider = await TokenProvider.StartAsync(Long);
        await provider.StopAsync();

        await UnavailableAsync(Tokens(provider));
    }

    [Fact]
    public async Task A_provider_that_refuses_gives_no_token()
    {
        await using var provider = await TokenProvider.StartAsync(Long);

        await UnavailableAsync(Tokens(provider, ("Clients:Secret", "another")));
    }

    [Fact]
    public async Task An_answer_that_is_no_token_is_none()
    {
        await using var babbler = await SampleApp.StartAsync(features => features.MapPost("/token", () => "hello").AllowEveryone());

        await UnavailableAsync(Tokens([("Auth:TokenEndpoint", new Uri(babbler.Address, "/sample/v1/token").ToString()), ("Clients:Secret", TokenProvider.Secret)]));
    }

    private ServiceTokens Tokens(TokenProvider provider, params (string Key, string? Value)[] more) => Tokens([.. provider.Settings, .. more]);

    private ServiceTokens Tokens((string Key, string? Value)[] settings) => new(
        http,
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(setting => setting.Key).ToDictionary(same => same.Key, same => same.Last().Value)).Build(),
        new ServiceName(SampleApp.Name));

    private static async Task UnavailableAsync(ServiceTokens tokens) =>
        (await Should.ThrowAsync<RpcException>(async () => await tokens.GetAsync("a", "a:read", CancellationToken.None))).StatusCode.ShouldBe(StatusCode.Unavailable);
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

public sealed class GatewayTests
{
    private static readonly Guid Someone = Guid.CreateVersion7();

    [Fact]
    public async Task Requests_reach_every_replica_and_only_those_that_answer()
    {
        await using var first = await Backend.StartAsync("first");
        var second = await Backend.StartAsync("second");
        await using var gateway = Gateway(first, second);
        using var client = gateway.As(Someone, Roles.Citizen);

        await Eventually.Async(async () => await SeenAsync(client) is ["first", "second"], TimeSpan.FromSeconds(20));

        await second.DisposeAsync();
        await Eventually.Async(async () => await SeenAsync(client) is ["first"], TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_bad_token_ends_at_the_edge_and_no_token_is_the_services_business()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateway(backend);

        using var forged = gateway.With(TestTokens.Person(Someone, "gateway", Roles.Citizen)[..^4] + "AAAA");
        using var refused = await forged.GetAsync("/health-code/v1/who");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await CodeAsync(refused)).ShouldBe("unauthenticated");

        using var elsewhere = gateway.With(TestTokens.Person(Someone, "elsewhere", Roles.Citizen));
        (await elsewhere.GetAsync("/health-code/v1/who")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        using var anyone = gateway.Anyone();
        (await anyone.GetStringAsync("/health-code/v1/who")).ShouldBe("only");
    }

    [Fact]
    public async Task What_is_not_a_public_path_of_a_service_is_not_found()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateway(backend);
        using var client = gateway.As(Someone, Roles.Operator);

        foreach (var path in new[] { "/nowhere", "/health-code-internal/v1/who", "/operations/v1/clock" })
        {
            using var answer = await client.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await CodeAsync(answer)).ShouldBe("not_found", path);
        }
    }

    [Fact]
    public async Task A_service_without_a_living_replica_is_a_problem_that_may_be_tried_again()
    {
        var gone = await Backend.StartAsync("gone");
        await using var gateway = Gateway(gone);
        await gone.DisposeAsync();
        using var client = gateway.Anyone();

        using var answer = await client.GetAsync("/health-code/v1/who");

        ((int)answer.StatusCode).ShouldBeInRange(502, 503);
        (await CodeAsync(answer)).ShouldBe("temporarily_unavailable");
    }

    [Fact]
    public async Task One_caller_is_held_to_the_limit_and_others_are_not()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateway([backend], ("CallerLimits:RequestsPerSecond", "1"), ("CallerLimits:Burst", "3"));
        using var greedy = gateway.As(Guid.CreateVersion7(), Roles.Citizen);
        using var modest = gateway.As(Guid.CreateVersion7(), Roles.Citizen);

        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 10; i++) answers.Add(await greedy.GetAsync("/health-code/v1/who"));

        var limited = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToArray();
        limited.Length.ShouldBeGreaterThan(0);
        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBeGreaterThanOrEqualTo(3);
        limited[0].Headers.RetryAfter.ShouldNotBeNull();
        (await CodeAsync(limited[0])).ShouldBe("too_many_requests");
        (await modest.GetAsync("/health-code/v1/who")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Public_answers_are_asked_for_once_per_language_and_private_ones_every_time()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateway(backend);
        using var client = gateway.Anyone();

        var texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => InAsync(client, "zh-CN")));
        texts.ShouldAllBe(text => text == "zh-CN");
        (await InAsync(client, "en")).ShouldBe("en");
        backend.Asked.ShouldBe(2);

        await client.GetAsync("/health-code/v1/private");
        await client.GetAsync("/health-code/v1/private");
        backend.Asked.ShouldBe(4);
    }

    [Fact]
    public async Task Answers_are_hardened_and_can_be_found_again_by_their_trace()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateway(backend);
        using var client = gateway.Anyone();

        using var answer = await client.GetAsync("/health-code/v1/trace");

        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        answer.Headers.Contains("Server").ShouldBeFalse();
        (await answer.Content.ReadAsStringAsync()).ShouldContain(answer.Headers.GetValues("Trace-Id").Single());
    }

    [Fact]
    public async Task A_simulated_city_lets_an_operator_move_its_clock_and_nobody_else()
    {
        var file = Path.GetTempFileName();
        await using var gateway = Gateway([], ("Clock:File", file));
        using var citizen = gateway.As(Someone, Roles.Citizen);
        using var operatorClient = gateway.As(Someone, Roles.Operator);
        var past = TimeProvider.System.GetUtcNow().AddDays(-90);

        (await citizen.PutAsJsonAsync("/operations/v1/clock", new { now = past })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await operatorClient.PutAsJsonAsync("/operations/v1/clock", new { now = past })).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Eventually.Async(async () => await NowAsync(operatorClient) - past < TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        File.Delete(file);
    }

    [Fact]
    public async Task Every_endpoint_of_the_gateway_itself_states_who_may_call_it()
    {
        await using var gateway = Gateway([], ("Clock:File", Path.GetTempPath() + Guid.NewGuid()));

        // The routes to services are open at the edge: each service keeps its own doors.
        var own = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.Contains("{**rest}", StringComparison.Ordinal) == false)
            .Where(endpoint => endpoint.DisplayName?.StartsWith("gRPC - Unimplemented", StringComparison.Ordinal) != true)
            .ToArray();

        own.Length.ShouldBe(6);
        own.ShouldAllBe(endpoint => endpoint.Metadata.GetMetadata<AccessRule>() != null);
    }

    private static CityApp<Program> Gateway(params Backend[] replicas) => Gateway(replicas, []);

    private static CityApp<Program> Gateway(Backend[] replicas, params (string, string?)[] settings) =>
        new("gateway", clock: null, [.. settings, .. replicas.Select((replica, index) => ($"services:health-code:http:{index}", (string?)replica.Url))]);

    private static async Task<string[]> SeenAsync(HttpClient client)
    {
        var seen = new SortedSet<string>();
        for (var i = 0; i < 12; i++)
        {
            using var answer = await client.GetAsync("/health-code/v1/who");
            if (answer.IsSuccessStatusCode) seen.Add(await answer.Content.ReadAsStringAsync());
            else seen.Add(answer.StatusCode.ToString());
        }

        return [.. seen];
    }

    private static async Task<string> InAsync(HttpClient client, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health-code/v1/public");
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<DateTimeOffset> NowAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/operations/v1/clock")).GetProperty("now").GetDateTimeOffset();

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}

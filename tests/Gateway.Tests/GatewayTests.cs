using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;
using Yarp.ReverseProxy.Model;

namespace SmartCity.Gateway.Tests;

public sealed class GatewayTests
{
    private static readonly Guid Someone = Guid.CreateVersion7();

    [Fact]
    public async Task Requests_reach_every_replica_and_only_those_that_answer()
    {
        await using var first = await Backend.StartAsync("first");
        var second = await Backend.StartAsync("second");
        await using var gateway = Gateways.Before([first, second]);
        using var client = gateway.As(Someone, Roles.Citizen);

        await Eventually.Async(async () => await SeenAsync(client) is ["first", "second"], TimeSpan.FromSeconds(20));

        await second.DisposeAsync();
        await Eventually.Async(async () => await SeenAsync(client) is ["first"], TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_bad_token_ends_at_the_edge_and_no_token_is_the_services_business()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateways.Before([backend]);

        using var forged = gateway.With(TestTokens.Person(Someone, "gateway", Roles.Citizen)[..^4] + "AAAA");
        using var refused = await forged.GetAsync("/health-code/v1/who");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await refused.CodeAsync()).ShouldBe("unauthenticated");

        using var elsewhere = gateway.With(TestTokens.Person(Someone, "elsewhere", Roles.Citizen));
        (await elsewhere.GetAsync("/health-code/v1/who")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        using var anyone = gateway.Anyone();
        (await anyone.GetStringAsync("/health-code/v1/who")).ShouldBe("only");
    }

    [Fact]
    public async Task What_is_no_path_of_a_service_is_a_page_of_the_portal()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var portal = await Backend.StartAsync((app, _) => app.Run(async context => await context.Response.WriteAsync("a page")));
        await using var gateway = Gateways.Before([backend], ("services:portal:http:0", portal.Url));
        using var client = gateway.As(Someone, Roles.Operator);

        foreach (var path in new[] { "/", "/nowhere", "/health-code-internal/v1/who", "/operations/v1/clock" })
            (await client.GetStringAsync(path)).ShouldBe("a page", path);
        (await client.GetStringAsync("/health-code/v1/who")).ShouldBe("only");
    }

    [Fact]
    public async Task A_service_without_a_living_replica_is_a_problem_that_may_be_tried_again()
    {
        var gone = await Backend.StartAsync("gone");
        await using var gateway = Gateways.Before([gone]);
        await gone.DisposeAsync();
        using var client = gateway.Anyone();

        using var answer = await client.GetAsync("/health-code/v1/who");

        ((int)answer.StatusCode).ShouldBeInRange(502, 503);
        (await answer.CodeAsync()).ShouldBe("temporarily_unavailable");
    }

    [Fact]
    public async Task Answers_are_hardened_and_can_be_found_again_by_their_trace()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateways.Before([backend]);
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
        await using var gateway = Gateways.Before([], ("Clock:File", file));
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
        await using var gateway = Gateways.Before([], ("Clock:File", Path.GetTempPath() + Guid.NewGuid()));

        // The routes to services are open at the edge: each service keeps its own doors.
        var own = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<RouteModel>() is null)
            .Where(endpoint => endpoint.DisplayName?.StartsWith("gRPC - Unimplemented", StringComparison.Ordinal) != true)
            .ToArray();

        own.Length.ShouldBe(5);
        own.ShouldAllBe(endpoint => endpoint.Metadata.GetMetadata<AccessRule>() != null);
    }

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

    private static async Task<DateTimeOffset> NowAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/operations/v1/clock")).GetProperty("now").GetDateTimeOffset();
}

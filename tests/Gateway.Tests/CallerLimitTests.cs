using System.Net;
using SmartCity.Gateway.Limits;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

public sealed class CallerLimitTests
{
    private const string Who = "/health-code/v1/who";

    [Fact]
    public async Task One_caller_is_held_to_the_limit_by_account_and_others_are_not()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateways.Before([backend], ("Policy:Quotas:account:PerSecond", "0.5"), ("Policy:Quotas:account:Burst", "3"));
        using var greedy = gateway.As(Guid.CreateVersion7(), Roles.Citizen);
        using var modest = gateway.As(Guid.CreateVersion7(), Roles.Citizen);

        using var first = await greedy.GetAsync(Who);
        first.Header("RateLimit-Policy").ShouldBe("\"account\";q=3;w=6");
        first.Header("RateLimit").ShouldBe("\"account\";r=2;t=2");
        for (var i = 0; i < 2; i++) (await greedy.GetAsync(Who)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var limited = await greedy.GetAsync(Who);
        limited.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 2);
        limited.Header("RateLimit").ShouldStartWith("\"account\";r=0;t=");
        (await limited.CodeAsync()).ShouldBe("too_many_requests");
        (await modest.GetAsync(Who)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_route_may_have_a_quota_of_its_own_and_an_entrance_that_all_share()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateways.Before(
            [backend],
            ("Policy:Quotas:own:PerSecond", "0.1"), ("Policy:Quotas:own:Burst", "2"), ("Policy:Quotas:door:PerSecond", "0.1"), ("Policy:Quotas:door:Burst", "3"),
            ("Policy:Rules:hot:Service", "health-code"), ("Policy:Rules:hot:Path", Who), ("Policy:Rules:hot:Quota", "own"), ("Policy:Rules:hot:Entrance", "door"));
        using var one = gateway.As(Guid.CreateVersion7(), Roles.Citizen);
        using var two = gateway.As(Guid.CreateVersion7(), Roles.Citizen);

        using var entered = await one.GetAsync(Who);
        entered.Header("RateLimit-Policy").ShouldBe("\"account\";q=60;w=3, \"own\";q=2;w=20");
        await one.GetAsync(Who);
        (await (await one.GetAsync(Who)).CodeAsync()).ShouldBe("too_many_requests");
        (await one.GetAsync("/health-code/v1/private")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await two.GetAsync(Who)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var full = await two.GetAsync(Who);
        full.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        full.Headers.RetryAfter.ShouldNotBeNull();
        (await full.CodeAsync()).ShouldBe("entrance_full");
    }

    [Fact]
    public async Task Whoever_shows_bad_tokens_is_limited_by_address()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateways.Before([backend], ("Policy:Quotas:address:PerSecond", "0.1"), ("Policy:Quotas:address:Burst", "2"));
        using var forger = gateway.With(TestTokens.Person(Guid.CreateVersion7(), "gateway", Roles.Citizen)[..^4] + "AAAA");

        for (var i = 0; i < 2; i++) (await forger.GetAsync(Who)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await forger.GetAsync(Who)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    /// <summary>Two gateways that hear of each other ten times a second, and a caller who asks both as fast as they answer: any length of time, any cost.</summary>
    [Theory]
    [InlineData(20, 60, 1)]
    [InlineData(20, 60, 5)]
    [InlineData(200, 100, 1)]
    [InlineData(2, 40, 1)]
    public void Two_gateways_give_no_more_than_a_fifth_above_the_quota_and_no_less_than_it(double perSecond, int burst, int cost)
    {
        var quota = new Quota { PerSecond = perSecond, Burst = burst };
        Bucket[] gateways = [new(), new()];
        long[] news = [0, 0];
        var given = 0;
        for (var millisecond = 0; millisecond < 30_000; millisecond++)
        {
            for (var one = 0; one < 2; one++)
            {
                var now = millisecond / 1000.0;
                while (gateways[one].Take(quota, cost, now, share: 0.6, news[one], shared: true).Enough) given += cost;
                // They do not tick together, as real ones do not.
                if (millisecond % 100 != one * 37) continue;
                gateways[1 - one].TakenElsewhere(quota, gateways[one].Untold(), now);
                news[1 - one]++;
            }

            given.ShouldBeLessThanOrEqualTo((int)(1.2 * (burst + (perSecond * (millisecond + 1) / 1000))) + cost);
        }

        given.ShouldBeGreaterThan((int)(0.95 * perSecond * 30));
    }

    [Fact]
    public void Who_asks_only_one_of_two_gateways_gets_the_quota_there()
    {
        var quota = new Quota { PerSecond = 20, Burst = 60 };
        var bucket = new Bucket();
        var given = 0;
        for (var tick = 0; tick < 1000; tick++)
            for (var i = 0; i < 5; i++)
                if (bucket.Take(quota, 1, tick / 100.0, share: 0.6, tick / 10, shared: true).Enough) given++;

        given.ShouldBeInRange(250, 260);
    }
}

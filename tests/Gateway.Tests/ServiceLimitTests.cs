using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SmartCity.Gateway.Limits;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

public sealed class ServiceLimitTests
{
    private static readonly (string, string?)[] OpenQuotas =
    [
        ("Policy:Quotas:account:PerSecond", "100000"), ("Policy:Quotas:account:Burst", "100000"), ("Policy:Quotas:address:PerSecond", "100000"), ("Policy:Quotas:address:Burst", "100000"),
    ];

    [Fact]
    public async Task In_a_crowd_codes_are_shown_and_those_who_browse_are_sent_away_at_once()
    {
        const int Bears = 8;
        var (inside, most) = (0, 0);
        using var places = new SemaphoreSlim(Bears);
        await using var backend = await Backend.StartAsync((app, _) => app.MapGet("/health-code/{**rest}", async () =>
        {
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await places.WaitAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            places.Release();
            Interlocked.Decrement(ref inside);
            return "here";
        }));
        await using var gateway = Gateways.Before([backend], [.. OpenQuotas, ("Policy:Services:health-code:StartAtOnce", "16")]);
        using var client = gateway.As(Guid.CreateVersion7(), Roles.Citizen);
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(4));

        var crowd = Enumerable.Range(0, 60).Select(_ => AskAsync("/health-code/v1/statistics", pause: 10)).ToArray();
        var shown = Enumerable.Range(0, 3).Select(_ => AskAsync("/health-code/v1/me/code", pause: 20)).ToArray();
        var browsing = (await Task.WhenAll(crowd)).SelectMany(answers => answers).ToArray();
        var codes = (await Task.WhenAll(shown)).SelectMany(answers => answers).ToArray();

        codes.Length.ShouldBeGreaterThan(5);
        codes.Count(code => code is null).ShouldBeGreaterThanOrEqualTo((int)(0.99 * codes.Length));
        browsing.ShouldContain("service_full");
        browsing.ShouldContain((string?)null);
        // However many came, the service never had many more inside than it bears.
        most.ShouldBeLessThan(Bears * 4);

        async Task<List<string?>> AskAsync(string path, int pause)
        {
            var answers = new List<string?>();
            while (!over.IsCancellationRequested)
            {
                using var answer = await client.GetAsync(path);
                if (!answer.IsSuccessStatusCode) answer.Headers.RetryAfter.ShouldNotBeNull();
                answers.Add(answer.StatusCode == HttpStatusCode.OK ? null : await answer.CodeAsync());
                await Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System);
            }

            return answers;
        }
    }

    [Fact]
    public async Task Who_waits_longer_than_the_rule_allows_is_told_and_the_service_stops_too()
    {
        var stopped = new TaskCompletionSource();
        var told = "";
        await using var backend = await Backend.StartAsync((app, _) => app.MapGet("/health-code/v1/slow", async (HttpRequest request) =>
        {
            told = request.Headers["Request-Timeout-Ms"].ToString();
            using var aborted = request.HttpContext.RequestAborted.Register(() => stopped.TrySetResult());
            await Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System, request.HttpContext.RequestAborted);
        }));
        await using var gateway = Gateways.Before(
            [backend], ("Policy:Rules:slow:Service", "health-code"), ("Policy:Rules:slow:Path", "/health-code/v1/slow"), ("Policy:Rules:slow:Deadline", "00:00:00.800"));
        using var client = gateway.Anyone();
        client.DefaultRequestHeaders.Add("Request-Timeout-Ms", "999999");

        using var answer = await client.GetAsync("/health-code/v1/slow");

        answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await answer.CodeAsync()).ShouldBe("temporarily_unavailable");
        int.Parse(told).ShouldBeInRange(1, 800);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_read_is_asked_of_another_replica_and_a_write_is_not()
    {
        await using var ill = await Backend.StartAsync((app, backend) => app.Map("/health-code/v1/thing", (HttpResponse response) =>
        {
            backend.Count();
            response.Headers["X-From"] = "ill";
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return response.WriteAsync("ill");
        }));
        await using var well = await Backend.StartAsync((app, _) => app.Map("/health-code/v1/thing", () => "well"));
        await using var gateway = Gateways.Before([ill, well], OpenQuotas);
        using var client = gateway.Anyone();

        for (var i = 0; i < 20; i++)
        {
            using var read = await client.GetAsync("/health-code/v1/thing");
            (await read.Content.ReadAsStringAsync()).ShouldBe("well");
            read.Header("X-From").ShouldBe("");
            if (ill.Asked >= 5) break;
        }

        ill.Asked.ShouldBeGreaterThan(0);
        var writes = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++) writes.Add((await client.PostAsync("/health-code/v1/thing", content: null)).StatusCode);
        writes.ShouldContain(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_replica_that_fails_again_and_again_is_left_out_for_a_while()
    {
        await using var ill = await Backend.StartAsync((app, backend) => app.MapPost("/health-code/v1/thing", () =>
        {
            backend.Count();
            return Results.StatusCode(StatusCodes.Status500InternalServerError);
        }));
        await using var well = await Backend.StartAsync((app, _) => app.MapPost("/health-code/v1/thing", () => "well"));
        await using var gateway = Gateways.Before([ill, well], OpenQuotas);
        using var client = gateway.Anyone();

        await Eventually.Async(
            async () =>
            {
                var before = ill.Asked;
                for (var i = 0; i < 10; i++) await client.PostAsync("/health-code/v1/thing", content: null);
                return ill.Asked == before;
            },
            TimeSpan.FromSeconds(20),
            "the failing replica is left out");
    }

    [Theory]
    [InlineData(8, 0.02)]
    [InlineData(40, 0.05)]
    [InlineData(150, 0.01)]
    public void The_limit_finds_how_many_a_service_bears_and_finds_it_again_when_that_changes(int bears, double seconds)
    {
        var service = new Imagined(bears, seconds);

        service.Run(10);
        service.Limit.ShouldBeInRange(bears, bears * 2);

        service.Bears = bears / 2;
        service.Run(40);
        service.Limit.ShouldBeInRange(bears / 2, bears * 6 / 5);

        service.Bears = bears;
        service.Run(40);
        service.Limit.ShouldBeInRange(bears, bears * 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_a_crowd_that_lasts_who_has_waited_as_long_as_an_answer_takes_gives_way_to_whoever_waits_behind_and_the_vital_do_not(bool lasts)
    {
        var gate = new ServiceGate(new ServicePolicy { LeastAtOnce = 1, StartAtOnce = 1, MostAtOnce = 1 });
        var teaching = await gate.EnterAsync(CallClass.Ordinary, default);
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        teaching!.Leave("rule", ServiceGate.Experience.Answered);
        var inside = await gate.EnterAsync(CallClass.Ordinary, default);
        var (first, last, vital) = (gate.EnterAsync(CallClass.Ordinary, default).AsTask(), gate.EnterAsync(CallClass.Ordinary, default).AsTask(), gate.EnterAsync(CallClass.Vital, default).AsTask());
        for (var turned = 0; turned < 3; turned++)
        {
            if (lasts) gate.TurnedAway();
            await Task.Delay(TimeSpan.FromMilliseconds(600), TimeProvider.System);
        }

        inside!.Leave("rule", ServiceGate.Experience.None);
        var shown = await vital;
        shown.ShouldNotBeNull();
        first.IsCompleted.ShouldBeFalse();
        shown.Leave("rule", ServiceGate.Experience.None);

        if (await first is { } admitted)
        {
            lasts.ShouldBeFalse("a queue that comes and goes is waited out");
            admitted.Leave("rule", ServiceGate.Experience.None);
        }
        else
        {
            lasts.ShouldBeTrue();
        }

        // Nobody is sent away while a place would stay empty.
        (await last).ShouldNotBeNull();
    }

    [Fact]
    public void A_service_that_only_fails_is_asked_little_and_one_that_has_little_to_do_loses_nothing()
    {
        var limit = new AdaptiveLimit(new ServicePolicy());
        for (var i = 0; i < 1000; i++) limit.Failed(i / 100.0);
        limit.Now(10).ShouldBe(4);

        var calm = new AdaptiveLimit(new ServicePolicy());
        // Times that vary by half say nothing while few are inside.
        for (var i = 0; i < 10_000; i++) calm.Answered("rule", 0.02 + (i % 7 * 0.002), inside: 1 + (i % 3), now: i / 100.0);
        calm.Now(100).ShouldBe(32);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen) { }
    }

    /// <summary>A service with a number of hands, each busy with one request for the same time, and a crowd that never ends. Time is a number.</summary>
    private sealed class Imagined(int bears, double seconds)
    {
        private readonly AdaptiveLimit limit = new(new ServicePolicy());
        private readonly PriorityQueue<(double EnteredAt, int Inside), double> under = new();
        private readonly Queue<(double EnteredAt, int Inside)> within = new();
        private readonly Random chance = new(1);
        private double now;

        public int Bears { get; set; } = bears;

        public int Limit => limit.Now(now - 0.001);

        public void Run(double length)
        {
            var end = now + length;
            while (now < end)
            {
                while (under.Count + within.Count < limit.Now(now)) within.Enqueue((now, under.Count + within.Count + 1));
                while (under.Count < Bears && within.TryDequeue(out var next)) under.Enqueue(next, now + (seconds * (0.8 + (0.4 * chance.NextDouble()))));
                under.TryDequeue(out var done, out now);
                limit.Answered("rule", now - done.EnteredAt, done.Inside, now);
            }
        }
    }
}

using System.Net;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

public sealed class PolicyTests
{
    private const string Who = "/health-code/v1/who";

    [Fact]
    public async Task A_changed_policy_holds_at_once_no_request_is_dropped_and_a_wrong_one_is_refused()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("policy-").FullName, "policy.json");
        var policy = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "policy.json"));
        var wide = policy.Replace("\"PerSecond\": 200, \"Burst\": 600", "\"PerSecond\": 100000, \"Burst\": 100000");
        wide.ShouldNotBe(policy);
        await File.WriteAllTextAsync(file, wide);
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateways.Before([backend], ("PolicyFile", file));
        using var client = gateway.Anyone();
        (await PoliciesAsync()).ShouldBe("\"address\";q=100000;w=1");

        using var done = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => LoadAsync()).ToArray();

        foreach (var wrong in (string[])
                 [
                     "no json", "{}", wide.Replace("\"Cost\": 5", "\"Cost\": 0"), wide.Replace("\"Cost\": 5", "\"Costs\": 5"), wide.Replace("\"Class\": \"Vital\"", "\"Class\": \"Dear\""),
                     wide.Replace("/identity/{**rest}", "/identity/{**rest"), wide.Replace("\"Service\": \"early-warning\"", "\"Service\": \"late-warning\""),
                 ])
        {
            await File.WriteAllTextAsync(file, wrong);
            await Eventually.Async(async () => (await HealthAsync()).Contains("refused"), TimeSpan.FromSeconds(10), $"refused: {wrong[..Math.Min(20, wrong.Length)]}");
            (await PoliciesAsync()).ShouldBe("\"address\";q=100000;w=1");
            await File.WriteAllTextAsync(file, wide);
            await Eventually.Async(async () => !(await HealthAsync()).Contains("refused"), TimeSpan.FromSeconds(10), "the right one is in force again");
        }

        await File.WriteAllTextAsync(file, wide.Replace("\"PerSecond\": 100000, \"Burst\": 100000", "\"PerSecond\": 50000, \"Burst\": 50000"));
        await Eventually.Async(async () => await PoliciesAsync() == "\"address\";q=50000;w=1", TimeSpan.FromSeconds(10), "the new limit holds");
        await done.CancelAsync();
        var statuses = (await Task.WhenAll(load)).SelectMany(statuses => statuses).ToArray();
        statuses.Length.ShouldBeGreaterThan(100);
        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);

        async Task<string> PoliciesAsync()
        {
            using var answer = await client.GetAsync(Who);
            return answer.Header("RateLimit-Policy");
        }

        async Task<string> HealthAsync() => await client.GetStringAsync("/health/ready");

        async Task<List<HttpStatusCode>> LoadAsync()
        {
            var answers = new List<HttpStatusCode>();
            while (!done.IsCancellationRequested)
            {
                using var answer = await client.GetAsync(Who);
                answers.Add(answer.StatusCode);
            }

            return answers;
        }
    }

    [Fact]
    public async Task The_gateway_does_not_start_with_a_wrong_policy()
    {
        await using var gateway = Gateways.Before([], ("Policy:Services:health-code:LeastAtOnce", "0"));

        Should.Throw<InvalidOperationException>(() => gateway.Anyone()).Message.ShouldContain("health-code");
    }
}

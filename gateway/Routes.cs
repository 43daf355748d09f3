using Microsoft.AspNetCore.Http.Timeouts;
using SmartCity.ServiceDefaults;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace SmartCity.Gateway;

/// <summary>
/// One route and one cluster per service: <c>/{service}/**</c> goes unchanged to the replicas that service discovery names, everything else to the portal.
/// A replica that fails is left out until it answers again; a token is checked here, and again by the service itself.
/// </summary>
internal static class Routes
{
    private const string TokenIsGood = "token-is-good";

    /// <summary>The pages that people see: whatever is no service's.</summary>
    private const string Portal = "portal";

    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(30);

    /// <summary>The services that may be reached from outside.</summary>
    public static IReadOnlyList<string> Services { get; } = ["identity", "health-code", "place-registration", "government-services", "early-warning"];

    public static void AddRoutes(this WebApplicationBuilder builder)
    {
        // Whoever shows a token must show a good one; who may do what without, the service decides.
        builder.Services.AddAuthorizationBuilder().AddPolicy(TokenIsGood, policy => policy.RequireAssertion(context =>
            context.User.Identity?.IsAuthenticated == true || context.Resource is HttpContext { Request.Headers.Authorization.Count: 0 }));
        builder.Services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = LongestRequest,
            TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
        });
        builder.Services.AddReverseProxy().LoadFromMemory(
            [.. Services.Select(service => Route(service, $"/{service}/{{**rest}}")), Route(Portal, "/{**page}")],
            [.. Services.Append(Portal).Select(service => Cluster(service, builder.Configuration))]);
    }

    private static RouteConfig Route(string service, string path) => new()
    {
        RouteId = service,
        ClusterId = service,
        Match = new RouteMatch { Path = path },
        AuthorizationPolicy = TokenIsGood,
    };

    private static ClusterConfig Cluster(string service, IConfiguration configuration) => new()
    {
        ClusterId = service,
        LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
        Destinations = configuration.GetSection($"services:{service}:http").GetChildren()
            .ToDictionary(replica => $"{service}-{replica.Key}", replica => new DestinationConfig { Address = replica.Value! }),
        HealthCheck = new HealthCheckConfig
        {
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Interval = TimeSpan.FromSeconds(2),
                Timeout = TimeSpan.FromSeconds(2),
                Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
                Path = "/health/ready",
            },
            Passive = new PassiveHealthCheckConfig
            {
                Enabled = true,
                Policy = HealthCheckConstants.PassivePolicy.TransportFailureRate,
                ReactivationPeriod = TimeSpan.FromSeconds(5),
            },
        },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = LongestRequest },
    };
}

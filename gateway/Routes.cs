using Microsoft.AspNetCore.Http.Timeouts;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace SmartCity.Gateway;

/// <summary>
/// The policy as YARP reads it: a route per rule and a cluster per service, whose replicas service discovery names. Paths go on unchanged.
/// A token is checked here, and again by the service itself.
/// </summary>
internal static class Routes
{
    private const string TokenIsGood = "token-is-good";
    private const string GrpcSuffix = "-grpc";

    /// <summary>No rule's deadline is longer. A stream that is silent for as long is cut off.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    public static void AddRoutes(this WebApplicationBuilder builder)
    {
        // Whoever shows a token must show a good one; who may do what without, the service decides.
        builder.Services.AddAuthorizationBuilder().AddPolicy(TokenIsGood, policy => policy.RequireAssertion(context =>
            context.User.Identity?.IsAuthenticated == true || context.Resource is HttpContext { Request.Headers.Authorization.Count: 0 }));
        builder.Services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy { TimeoutStatusCode = StatusCodes.Status504GatewayTimeout });
        builder.Services.AddReverseProxy().AddTransforms(Passage.AddTransforms).AddTransforms(RetryElsewhere.AddTransforms);
        builder.Services.AddSingleton<IPassiveHealthCheckPolicy, ReplicaCircuit>();
    }

    public static IReadOnlyList<RouteConfig> Of(Policy policy) => [.. policy.Rules.Select(rule => Route(rule.Key, rule.Value))];

    public static IReadOnlyList<ClusterConfig> Clusters(Policy policy, IConfiguration configuration) =>
    [
        .. policy.Services.Keys.Select(service => Cluster(service, "http", configuration)),
        .. policy.Rules.Values.Where(rule => rule.Grpc).Select(rule => rule.Service).Distinct().Select(service => Cluster(service, "grpc", configuration)),
    ];

    private static RouteConfig Route(string name, Rule rule) => new()
    {
        RouteId = name,
        ClusterId = rule.Grpc ? rule.Service + GrpcSuffix : rule.Service,
        Match = new RouteMatch { Path = rule.Path, Methods = rule.Methods },
        AuthorizationPolicy = TokenIsGood,
        MaxRequestBodySize = rule.MostBytes,
        Timeout = rule.Stream ? null : rule.Deadline,
        TimeoutPolicy = rule.Stream ? "Disable" : null,
    };

    private static ClusterConfig Cluster(string service, string endpoint, IConfiguration configuration) => new()
    {
        ClusterId = endpoint == "grpc" ? service + GrpcSuffix : service,
        LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
        Destinations = configuration.GetSection($"services:{service}:{endpoint}").GetChildren()
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
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = ReplicaCircuit.PolicyName, ReactivationPeriod = ReplicaCircuit.Pause },
        },
        HttpRequest = endpoint == "grpc"
            ? new ForwarderRequestConfig { ActivityTimeout = LongestSilence, Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact }
            : new ForwarderRequestConfig { ActivityTimeout = LongestSilence },
    };
}

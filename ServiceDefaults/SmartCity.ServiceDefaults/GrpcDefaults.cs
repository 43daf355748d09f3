using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.ServiceDefaults;

/// <summary>gRPC between services: bounded messages, a deadline on every call, retry of what is safe to repeat, and the caller's own token.</summary>
public static class GrpcDefaults
{
    /// <summary>The deadline of a call that sets none.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(2);

    private const int MaxMessageBytes = 256 * 1024;

    private static readonly TimeSpan ResolvedFor = TimeSpan.FromSeconds(15);

    internal static void AddGrpcDefaults(this WebApplicationBuilder builder) => builder.Services.AddGrpc(options =>
    {
        options.MaxReceiveMessageSize = MaxMessageBytes;
        options.EnableDetailedErrors = false;
    });

    /// <summary>
    /// Adds a client of another service's gRPC contract as a singleton. Calls go round robin over the replicas that service discovery names
    /// (<c>services:{service}:grpc:{n}</c>; a single name is resolved by DNS), are repeated where the replica cannot be reached, and carry this service's token with the scope.
    /// </summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="service">The other service's name.</param>
    /// <param name="scope">The scope that its endpoints ask for.</param>
    /// <param name="create">Makes the generated client.</param>
    public static WebApplicationBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service, string scope, Func<CallInvoker, TClient> create)
        where TClient : class
    {
        builder.AddServiceTokens();
        builder.Services.AddSingleton(provider => create(Channel(builder.Configuration, service).Intercept(new Outgoing(provider.GetRequiredService<ServiceTokens>(), service, scope))));
        return builder;
    }

    private static GrpcChannel Channel(IConfiguration configuration, string service)
    {
        var addresses = configuration.GetSection($"services:{service}:grpc").GetChildren().Select(replica => new Uri(replica.Value!)).ToArray();
        if (addresses.Length == 0) throw new InvalidOperationException($"No gRPC address of {service} is configured (services:{service}:grpc:0).");

        // One name may stand for many replicas that come and go, as in a cluster: then its addresses are asked for again and again.
        var services = new ServiceCollection();
        services.AddSingleton<ResolverFactory>(addresses is [_]
            ? new DnsResolverFactory(ResolvedFor)
            : new StaticResolverFactory(_ => [.. addresses.Select(address => new BalancerAddress(address.Host, address.Port))]));
        return GrpcChannel.ForAddress(addresses is [var only] ? $"dns:///{only.Authority}" : $"static:///{service}", new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            // Tokens travel without TLS only inside the city's own network.
            UnsafeUseInsecureChannelCallCredentials = true,
            ServiceProvider = services.BuildServiceProvider(),
            MaxReceiveMessageSize = MaxMessageBytes,
            ServiceConfig = new ServiceConfig
            {
                LoadBalancingConfigs = { new RoundRobinConfig() },
                MethodConfigs =
                {
                    new MethodConfig
                    {
                        Names = { MethodName.Default },
                        // Contracts keep unary calls safe to repeat; Unavailable says that the call was not carried out or cannot be known to have been.
                        RetryPolicy = new RetryPolicy
                        {
                            MaxAttempts = 3,
                            InitialBackoff = TimeSpan.FromMilliseconds(50),
                            MaxBackoff = TimeSpan.FromMilliseconds(500),
                            BackoffMultiplier = 2,
                            RetryableStatusCodes = { StatusCode.Unavailable },
                        },
                    },
                },
            },
        });
    }

    /// <summary>Gives every call a deadline and the token.</summary>
    private sealed class Outgoing(ServiceTokens tokens, string audience, string scope) : Interceptor
    {
        private readonly CallCredentials credentials = CallCredentials.FromInterceptor(async (call, metadata) =>
            metadata.Add("authorization", $"Bearer {await tokens.GetAsync(audience, scope, call.CancellationToken)}"));

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            var options = context.Options.WithCredentials(credentials);
            // gRPC deadlines are points in real time, whatever the city's clock says.
            if (options.Deadline is null) options = options.WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + DefaultDeadline);
            return continuation(request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, options));
        }
    }
}

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace SmartCity.AppHost;

/// <summary>
/// Servers that outlive the death of any one of them (<c>--cluster</c>): three brokers, PostgreSQL with a synchronous standby, and a balancer that knows who leads.
/// Each is a script in <c>deploy/cluster</c>.
/// </summary>
internal sealed class CityCluster
{
    private readonly IDistributedApplicationBuilder builder;
    private readonly IResourceBuilder<ParameterResource> superuserPassword;
    private readonly IResourceBuilder<ParameterResource> brokerPassword;
    private readonly IResourceBuilder<ExecutableResource> balancer;
    private readonly List<string> databases = [];

    public CityCluster(IDistributedApplicationBuilder builder)
    {
        this.builder = builder;
        superuserPassword = Secret("postgres-password");
        brokerPassword = Secret("broker-password");
        var replicationPassword = Secret("replication-password");
        var cookie = Secret("broker-cookie");

        var etcd = Server("etcd", "etcd").WithHttpEndpoint(name: "client", env: "CLIENT_PORT").WithEndpoint(name: "peer", env: "PEER_PORT").WithHttpHealthCheck("/health");
        var names = Server("broker-names", "names").WithEndpoint(name: "names", env: "PORT");
        balancer = Server("balancer", "balancer")
            .WithEndpoint(name: "postgres", env: "POSTGRES_PORT")
            .WithEndpoint(name: "broker", env: "BROKER_PORT")
            .WithHttpEndpoint(name: "http", env: "HTTP_PORT")
            .WithHttpHealthCheck("/health", endpointName: "http");

        for (var number = 1; number <= 2; number++)
        {
            var postgres = Server($"postgres-{number}", "postgres")
                .WithEndpoint(name: "tcp", env: "PORT")
                .WithHttpEndpoint(name: "rest", env: "REST_PORT")
                .WithEnvironment("ETCD_PORT", $"{Port(etcd, "client")}")
                .WithEnvironment(context => context.EnvironmentVariables["DATABASES"] = string.Join(' ', databases))
                .WithEnvironment("SUPERUSER_PASSWORD", superuserPassword)
                .WithEnvironment("REPLICATION_PASSWORD", replicationPassword)
                .WithHttpHealthCheck("/health", endpointName: "rest")
                .WaitFor(etcd);
            balancer.WithEnvironment($"POSTGRES_{number}", $"{Port(postgres, "tcp")}:{Port(postgres, "rest")}").WaitFor(postgres);
        }

        for (var number = 1; number <= 3; number++)
        {
            var broker = Server($"broker-{number}", "broker")
                .WithEndpoint(name: "tcp", env: "PORT")
                .WithEndpoint(name: "distribution", env: "DISTRIBUTION_PORT")
                .WithHttpEndpoint(name: "metrics", env: "METRICS_PORT")
                .WithEnvironment("NAMES_PORT", $"{Port(names, "names")}")
                .WithEnvironment("BROKER_PASSWORD", brokerPassword)
                .WithEnvironment("COOKIE", cookie)
                .WithHttpHealthCheck("/metrics", endpointName: "metrics")
                .WaitFor(names);
            balancer.WithEnvironment($"BROKER_{number}", $"{Port(broker, "tcp")}").WaitFor(broker);
        }
    }

    public IResourceBuilder<IResourceWithConnectionString> AddBroker(string name) =>
        builder.AddConnectionString(name, ReferenceExpression.Create($"amqp://guest:{brokerPassword}@127.0.0.1:{Port(balancer, "broker")}")).WaitFor(balancer);

    public IResourceBuilder<IResourceWithConnectionString> AddDatabase(string name)
    {
        databases.Add(name);
        return builder.AddConnectionString(
            name, ReferenceExpression.Create($"Host=127.0.0.1;Port={Port(balancer, "postgres")};Username=postgres;Password={superuserPassword};Database={name}")).WaitFor(balancer);
    }

    private IResourceBuilder<ExecutableResource> Server(string name, string script)
    {
        var scripts = Path.GetFullPath("../deploy/cluster", builder.AppHostDirectory);
        return builder.AddExecutable(name, Path.Combine(scripts, script), scripts)
            .WithEnvironment("NAME", name)
            .WithEnvironment("CITY_STORE", CityService.Store(builder));
    }

    private IResourceBuilder<ParameterResource> Secret(string name) => builder.AddParameter(name, CityService.Secret, secret: true, persist: true);

    private static EndpointReferenceExpression Port(IResourceBuilder<ExecutableResource> server, string endpoint) => server.GetEndpoint(endpoint).Property(EndpointProperty.Port);
}

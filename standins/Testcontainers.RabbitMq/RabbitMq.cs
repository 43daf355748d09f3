using DotNet.Testcontainers;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using SmartCity.NativeServers;

namespace Testcontainers.RabbitMq;

public sealed class RabbitMqBuilder : ContainerBuilder<RabbitMqBuilder, RabbitMqContainer>
{
    public const ushort RabbitMqPort = 5672;

    private string _username = "rabbitmq", _password = "rabbitmq";

    public RabbitMqBuilder WithUsername(string username)
    {
        _username = username;
        return this;
    }

    public RabbitMqBuilder WithPassword(string password)
    {
        _password = password;
        return this;
    }

    public override RabbitMqContainer Build() =>
        new(new RabbitServer(TemporaryDirectory.New("rabbitmq"), HostPort, _username, _password), StopsByKill);
}

public sealed class RabbitMqContainer : DockerContainer
{
    private readonly RabbitServer _server;

    internal RabbitMqContainer(RabbitServer server, bool stopsByKill)
        : base(server, stopsByKill) => _server = server;

    public string GetConnectionString() => _server.ConnectionString;
}

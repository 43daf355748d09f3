using Aspire.Hosting.ApplicationModel;
using SmartCity.NativeServers;

namespace Aspire.Hosting
{
    public static class RabbitMQBuilderExtensions
    {
        public static IResourceBuilder<RabbitMQServerResource> AddRabbitMQ(
            this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null,
            IResourceBuilder<ParameterResource>? password = null, int? port = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
            return builder.AddResource(new RabbitMQServerResource(name, userName?.Resource, secret)).WithEndpoint("tcp", endpoint => (endpoint.UriScheme, endpoint.Port) = ("tcp", port));
        }

        /// <summary>A native server always keeps its data, so there is nothing to do.</summary>
        public static IResourceBuilder<RabbitMQServerResource> WithDataVolume(
            this IResourceBuilder<RabbitMQServerResource> builder, string? name = null, bool isReadOnly = false) => builder;
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    public class RabbitMQServerResource(string name, ParameterResource? userName, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
    {
        public EndpointReference PrimaryEndpoint => new(this, "tcp");

        public ParameterResource PasswordParameter => password;

        public ReferenceExpression UserNameReference => userName is null ? ReferenceExpression.Create($"guest") : ReferenceExpression.Create($"{userName}");

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
            $"amqp://{UserNameReference}:{PasswordParameter}@{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)}");

        internal override async Task<NativeServer> CreateServerAsync(string directory, int port, CancellationToken cancellationToken) => new RabbitServer(
            directory, port, (await UserNameReference.GetValueAsync(cancellationToken))!, (await password.GetValueAsync(cancellationToken))!);
    }
}

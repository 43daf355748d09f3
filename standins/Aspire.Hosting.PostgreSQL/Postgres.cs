using Aspire.Hosting.ApplicationModel;
using SmartCity.NativeServers;

namespace Aspire.Hosting
{
    public static class PostgresBuilderExtensions
    {
        public static IResourceBuilder<PostgresServerResource> AddPostgres(
            this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null,
            IResourceBuilder<ParameterResource>? password = null, int? port = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password");
            return builder.AddResource(new PostgresServerResource(name, userName?.Resource, secret)).WithEndpoint("tcp", endpoint => (endpoint.UriScheme, endpoint.Port) = ("tcp", port));
        }

        public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
            this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
            builder.Resource.DatabaseNames.Add(name, database.DatabaseName);
            return builder.ApplicationBuilder.AddResource(database);
        }

        /// <summary>A native server always keeps its data, so there is nothing to do.</summary>
        public static IResourceBuilder<PostgresServerResource> WithDataVolume(
            this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) => builder;
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    public class PostgresServerResource(string name, ParameterResource? userName, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
    {
        public EndpointReference PrimaryEndpoint => new(this, "tcp");

        public ParameterResource PasswordParameter => password;

        public ReferenceExpression UserNameReference => userName is null ? ReferenceExpression.Create($"postgres") : ReferenceExpression.Create($"{userName}");

        public IReadOnlyDictionary<string, string> Databases => DatabaseNames;

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
            $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={UserNameReference};Password={PasswordParameter}");

        internal Dictionary<string, string> DatabaseNames { get; } = [];

        internal override async Task<NativeServer> CreateServerAsync(string directory, int port, CancellationToken cancellationToken) => new PostgresServer(
            directory, port, (await UserNameReference.GetValueAsync(cancellationToken))!, (await password.GetValueAsync(cancellationToken))!);

        internal override async Task PrepareAsync(NativeServer server, CancellationToken cancellationToken)
        {
            foreach (var database in DatabaseNames.Values)
                await ((PostgresServer)server).CreateDatabaseAsync(database, cancellationToken);
        }
    }

    public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
        : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
    {
        public PostgresServerResource Parent => postgresParentResource;

        public string DatabaseName => databaseName;

        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent.ConnectionStringExpression};Database={databaseName}");
    }
}

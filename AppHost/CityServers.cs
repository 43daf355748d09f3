using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace SmartCity.AppHost;

/// <summary>PostgreSQL and RabbitMQ: one of each, a cluster, or whatever a connection string of the same name points to (<c>ConnectionStrings__broker</c>).</summary>
internal sealed class CityServers(IDistributedApplicationBuilder builder, CityCluster? cluster)
{
    public IResourceBuilder<IResourceWithConnectionString> AddBroker(string name) =>
        builder.Configuration.GetConnectionString(name) is not null ? builder.AddConnectionString(name)
        : cluster is not null ? cluster.AddBroker(name)
        : builder.AddRabbitMQ(name).WithDataVolume();

    public IResourceBuilder<IResourceWithConnectionString> AddDatabase(string name)
    {
        if (builder.Configuration.GetConnectionString(name) is not null)
            return builder.AddConnectionString(name);
        if (cluster is not null)
            return cluster.AddDatabase(name);

        var server = builder.Resources.OfType<PostgresServerResource>().FirstOrDefault();
        return (server is null ? builder.AddPostgres("postgres").WithDataVolume() : builder.CreateResourceBuilder(server)).AddDatabase(name);
    }
}

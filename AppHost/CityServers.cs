using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace SmartCity.AppHost;

/// <summary>PostgreSQL and RabbitMQ: our own, or the one that a connection string of the same name points to (<c>ConnectionStrings__broker</c>).</summary>
internal static class CityServers
{
    public static IResourceBuilder<IResourceWithConnectionString> AddCityBroker(this IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration.GetConnectionString(name) is null ? builder.AddRabbitMQ(name).WithDataVolume() : builder.AddConnectionString(name);

    public static IResourceBuilder<IResourceWithConnectionString> AddCityDatabase(this IDistributedApplicationBuilder builder, string name)
    {
        if (builder.Configuration.GetConnectionString(name) is not null)
            return builder.AddConnectionString(name);

        var server = builder.Resources.OfType<PostgresServerResource>().FirstOrDefault();
        return (server is null ? builder.AddPostgres("postgres").WithDataVolume() : builder.CreateResourceBuilder(server)).AddDatabase(name);
    }
}

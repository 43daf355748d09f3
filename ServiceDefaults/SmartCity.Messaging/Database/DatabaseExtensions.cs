using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace SmartCity.Messaging;

/// <summary>The service's own PostgreSQL database: one pool for EF and plain Npgsql, migrated at start, watched by readiness.</summary>
public static class DatabaseExtensions
{
    /// <summary>
    /// Adds the <see cref="NpgsqlDataSource"/> of the connection string, the <typeparamref name="TDb"/> on it with snake_case names, a health
    /// check "database" tagged "ready", and the migrations at start, before any other hosted service (the web server included) starts.
    /// </summary>
    /// <param name="builder">The application under construction.</param>
    /// <param name="connectionName">Name of the connection string, for example "health-code-db".</param>
    /// <param name="configure">Further Npgsql options of EF.</param>
    public static IHostApplicationBuilder AddDatabase<TDb>(
        this IHostApplicationBuilder builder, string connectionName, Action<NpgsqlDbContextOptionsBuilder>? configure = null)
        where TDb : DbContext
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
        {
            var source = new NpgsqlDataSourceBuilder(ConnectionString(builder.Configuration, connectionName));
            source.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
            return source.Build();
        });
        // Traces hold every command better than a log; a failed one is an exception too, and whoever catches that knows whether it matters.
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        services.AddDbContext<TDb>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>(), npgsql =>
            {
                npgsql.MigrationsHistoryTable("migrations_history");
                configure?.Invoke(npgsql);
            })
            .ReplaceService<IModelCustomizer, SnakeCaseNames>());
        services.AddHostedService<MigrateAtStart<TDb>>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"], timeout: TimeSpan.FromSeconds(3));
        return builder;
    }

    private static string ConnectionString(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name)
        // `dotnet ef migrations add` builds the model only: it must not need a running city.
        ?? (EF.IsDesignTime ? "Host=design-time" : throw new InvalidOperationException($"The connection string \"{name}\" is missing."));
}

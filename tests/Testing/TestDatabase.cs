using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SmartCity.Messaging;

namespace SmartCity.Testing;

/// <summary>A database of one test: a clone of a template that was migrated once.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string administration;
    private readonly string name;

    private TestDatabase(string administration, string name, string connectionString)
    {
        (this.administration, this.name, ConnectionString) = (administration, name, connectionString);
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 10 });
    }

    /// <summary>For the service under test.</summary>
    public string ConnectionString { get; }

    /// <summary>For the test itself.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Clones the template of a context's migrations.</summary>
    /// <param name="servers">Where.</param>
    /// <param name="services">What the context's constructor needs beside its options.</param>
    public static async Task<TestDatabase> CreateAsync<TDb>(CityServers servers, Action<IServiceCollection>? services = null)
        where TDb : DbContext
    {
        var template = await servers.Templates.OfAsync<TDb>(servers, services);
        return await CreateAsync(servers, $"TEMPLATE \"{template}\"");
    }

    /// <summary>An empty database.</summary>
    public static Task<TestDatabase> CreateEmptyAsync(CityServers servers) => CreateAsync(servers, "");

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Reads one value.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Forgets the connections that a killed server left behind.</summary>
    public void Reconnect() => Source.Clear();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await using var server = NpgsqlDataSource.Create(administration);
        await using var drop = server.CreateCommand($"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
        await drop.ExecuteNonQueryAsync();
    }

    private static async Task<TestDatabase> CreateAsync(CityServers servers, string clause)
    {
        var (administration, name) = (await servers.PostgresAsync("postgres"), $"test_{Guid.NewGuid():N}");
        await using var server = NpgsqlDataSource.Create(administration);
        await using var create = server.CreateCommand($"CREATE DATABASE \"{name}\" {clause}");
        await create.ExecuteNonQueryAsync();
        return new TestDatabase(administration, name, await servers.PostgresAsync(name));
    }
}

/// <summary>The migrated templates of one server.</summary>
internal sealed class DatabaseTemplates
{
    private readonly ConcurrentDictionary<Type, Lazy<Task<string>>> templates = new();

    public Task<string> OfAsync<TDb>(CityServers servers, Action<IServiceCollection>? services)
        where TDb : DbContext =>
        templates.GetOrAdd(typeof(TDb), _ => new(() => MigrateAsync<TDb>(servers, services))).Value;

    /// <summary>By the same way as a service that starts.</summary>
    private static async Task<string> MigrateAsync<TDb>(CityServers servers, Action<IServiceCollection>? services)
        where TDb : DbContext
    {
        var name = $"template_{typeof(TDb).Name.ToLowerInvariant()}";
        await using (var server = NpgsqlDataSource.Create(await servers.PostgresAsync("postgres")))
        await using (var create = server.CreateCommand($"CREATE DATABASE \"{name}\""))
            await create.ExecuteNonQueryAsync();

        var builder = Host.CreateEmptyApplicationBuilder(null);
        // Not pooled: a template is cloned only while nobody is connected to it.
        builder.Configuration["ConnectionStrings:template"] = await servers.PostgresAsync(name) + ";Pooling=false";
        builder.AddDatabase<TDb>("template");
        services?.Invoke(builder.Services);
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
        return name;
    }
}

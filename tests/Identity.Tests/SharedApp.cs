using SmartCity.Testing;

namespace Identity.Tests;

/// <summary>One provider for all tests of a class that leave nothing behind that another could stumble over.</summary>
public sealed class SharedApp(CityServers servers) : IAsyncLifetime
{
    internal IdentityApp App { get; } = new(servers);

    public async ValueTask InitializeAsync() => await App.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

using SmartCity.Replay;
using SmartCity.Testing;

namespace SmartCity.System.Tests;

/// <summary>The whole city. Tests reach it through the gateway.</summary>
public sealed class RunningCity : IAsyncLifetime
{
    private readonly CityProcess city = new();

    /// <summary>The only way in.</summary>
    public Uri Gateway => city.Gateway;

    /// <summary>What the services tell of their work.</summary>
    internal SpanReceiver Spans { get; } = new();

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await Spans.StartAsync();
        await city.StartAsync(("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", Spans.Address));
    }

    /// <summary>A new client of the gateway, as the replay uses it.</summary>
    internal City Open() => new(Gateway);

    /// <inheritdoc cref="CityProcess.KillAsync" />
    public Task KillAsync(string resource) => city.KillAsync(resource);

    /// <inheritdoc cref="CityProcess.OwnAddressAsync" />
    public Task<Uri> OwnAddressAsync(string resource, string endpoint) => city.OwnAddressAsync(resource, endpoint);

    /// <inheritdoc cref="CityProcess.DrainedAsync" />
    public Task DrainedAsync(params string[] services) => city.DrainedAsync(TimeSpan.FromMinutes(10), services);

    /// <inheritdoc cref="CityProcess.HealthyAsync" />
    public Task HealthyAsync() => city.HealthyAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await city.DisposeAsync();
        await Spans.DisposeAsync();
    }
}

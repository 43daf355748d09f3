using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmartCity.Testing;

namespace SmartCity.ServiceDefaults.Tests;

/// <summary>A service with nothing but the defaults and what a test maps, on a real port.</summary>
internal sealed class SampleApp : IAsyncDisposable
{
    public const string Name = "sample";

    private readonly WebApplication app;

    private SampleApp(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    /// <summary>Starts a service whose features are below <c>/sample/v1</c>.</summary>
    public static Task<SampleApp> StartAsync(Action<RouteGroupBuilder> map) => StartAsync(_ => { }, app => map(app.MapFeatures()));

    public static async Task<SampleApp> StartAsync(Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var builder = Builder();
        TestTokens.Trust(builder.Services);
        add(builder);
        var app = builder.Build();
        app.UseServiceDefaults();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new SampleApp(app);
    }

    /// <summary>The builder of a service, before anything of its own is added.</summary>
    public static WebApplicationBuilder Builder(params (string Key, string? Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings.Append(("URLS", "http://127.0.0.1:0")).ToDictionary(setting => setting.Item1, setting => setting.Item2));
        builder.Logging.ClearProviders();
        return builder.AddServiceDefaults(Name, typeof(SampleApp).Assembly);
    }

    /// <summary>A client, below whose base address are the features.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(Address, $"/{Name}/v1/") };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

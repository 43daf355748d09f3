using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Testing;

/// <summary>A service under test: the real application with its real database and broker, the tests' tokens, and a clock that the test moves.</summary>
/// <typeparam name="TProgram">A type of the service's assembly.</typeparam>
/// <param name="service">The service's name, the audience of its tokens.</param>
/// <param name="clock">The city's time; null for the real one.</param>
/// <param name="settings">Configuration, for example <c>ConnectionStrings:broker</c>.</param>
public sealed class CityApp<TProgram>(string service, TimeProvider? clock, params (string Key, string? Value)[] settings) : WebApplicationFactory<TProgram>
    where TProgram : class
{
    /// <summary>The service's name, the audience of its tokens.</summary>
    public string Service => service;

    /// <summary>A client without a token.</summary>
    public HttpClient Anyone() => CreateClient();

    /// <summary>A client with a person's token.</summary>
    public HttpClient As(Guid account, params string[] roles) => With(TestTokens.Person(account, service, roles));

    /// <summary>A client of an officer of a department.</summary>
    public HttpClient AsOfficer(Guid account, string department, params string[] roles) => With(TestTokens.Person(account, service, department, actor: null, roles));

    /// <summary>A client with any token.</summary>
    public HttpClient With(string token)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A gRPC channel to the service; give the token in the metadata of the call.</summary>
    public CallInvoker Grpc() => GrpcChannel.ForAddress(Server.BaseAddress, new GrpcChannelOptions { HttpHandler = Server.CreateHandler() }).CreateCallInvoker();

    /// <summary>The metadata of a gRPC call with another service's token.</summary>
    public Metadata AsService(string client, string scope) => new() { { "authorization", $"Bearer {TestTokens.Service(client, service, scope)}" } };

    /// <inheritdoc />
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // Every request is logged at Information; settings may ask for it again.
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        foreach (var (key, value) in settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            TestTokens.Trust(services);
            if (clock is not null) services.AddSingleton(clock);
        });
    }
}

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace SmartCity.AppHost;

/// <summary>What all services of the city have in common.</summary>
internal static class CityService
{
    // Half of what reads this is a human looking for a password: no marks that a shell or an address would eat.
    public static GenerateParameterDefault Secret => new() { MinLength = 40, Special = false };

    /// <summary>A service with its own database, the key to the personal data in it, an HTTP and a gRPC endpoint, and one for Prometheus.</summary>
    public static IResourceBuilder<ProjectResource> AddCityService<TProject>(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<IResourceWithConnectionString> store, IResourceBuilder<IResourceWithConnectionString> broker)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name)
            .WithHttpEndpoint()
            .WithHttpEndpoint(name: "grpc", env: "GRPC_PORT")
            .WithHttpEndpoint(name: "metrics", env: "METRICS_PORT")
            .WithHttpHealthCheck("/health/ready")
            .WithReference(store).WaitFor(store)
            .WithReference(broker).WaitFor(broker)
            .WithEnvironment("PersonalData__Key", builder.AddParameter($"{name}-data-key", Secret, secret: true, persist: true))
            .OnTheCityClock();

    /// <summary>The pages: no database, and one key that all replicas open sessions with.</summary>
    public static IResourceBuilder<ProjectResource> AddPortal<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name)
            .WithHttpEndpoint()
            .WithHttpEndpoint(name: "metrics", env: "METRICS_PORT")
            .WithHttpHealthCheck("/health/ready")
            .WithEnvironment("Portal__SessionKey", builder.AddParameter($"{name}-session-key", Secret, secret: true, persist: true))
            .OnTheCityClock();

    /// <summary>A service that gets tokens for itself from the identity provider, by a secret that both know.</summary>
    public static IResourceBuilder<ProjectResource> AsClientOf(this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> identity)
    {
        var name = service.Resource.Name;
        var secret = service.ApplicationBuilder.AddParameter($"{name}-client-secret", Secret, secret: true, persist: true);
        identity.WithEnvironment($"Clients__{name}", secret);
        return service.WithReference(identity).WaitFor(identity).WithEnvironment("Clients__Secret", secret);
    }

    /// <summary>The directory of all that the city keeps.</summary>
    public static string Store(IDistributedApplicationBuilder builder) => Path.GetFullPath(builder.Configuration["Aspire:Store:Path"] ?? "../.city", builder.AppHostDirectory);

    /// <summary>
    /// A replay moves the city's clock through a file, and what it did then stays in the past: while the data are there, so is the file.
    /// </summary>
    public static IResourceBuilder<ProjectResource> OnTheCityClock(this IResourceBuilder<ProjectResource> service)
    {
        var builder = service.ApplicationBuilder;
        var arguments = Environment.GetCommandLineArgs();
        var clock = Path.Combine(Store(builder), "clock");
        // A file of the service's own lets its clock be wrong.
        var own = $"{clock}.{service.Resource.Name}";
        if (File.Exists(own)) clock = own;
        return arguments.Contains("--demo") || (File.Exists(clock) && !arguments.Contains("--fresh")) ? service.WithEnvironment("Clock__File", clock) : service;
    }
}

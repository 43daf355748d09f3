using SmartCity.NativeServers;

namespace Aspire.Hosting
{
    using ApplicationModel;

    public interface IProjectMetadata
    {
        string ProjectPath { get; }
    }

    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;
}

namespace Aspire.Hosting.ApplicationModel
{
    public interface IResource
    {
        string Name { get; }
    }

    public interface IResourceWithEnvironment : IResource;

    public interface IResourceWithArgs : IResource;

    public interface IResourceWithEndpoints : IResource;

    public interface IResourceWithWaitSupport : IResource;

    public interface IResourceWithParent : IResource
    {
        IResource Parent { get; }
    }

    public interface IResourceWithParent<out T> : IResourceWithParent
        where T : IResource
    {
        new T Parent { get; }

        IResource IResourceWithParent.Parent => Parent;
    }

    public interface IResourceWithConnectionString : IResource, IValueProvider
    {
        ReferenceExpression ConnectionStringExpression { get; }

        ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) => ConnectionStringExpression.GetValueAsync(cancellationToken);

        ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);
    }

    public abstract class Resource(string name) : IResource
    {
        public virtual string Name => name;

        // The real model keeps all of this as annotations; what runs here needs no more than these.
        internal List<EndpointAnnotation> Endpoints { get; } = [];

        internal List<Func<EnvironmentCallbackContext, Task>> Environment { get; } = [];

        internal List<object> Arguments { get; } = [];

        internal List<IResource> WaitsFor { get; } = [];

        internal List<Func<CancellationToken, Task>> WhenReady { get; } = [];

        internal List<Func<ResourceUrlAnnotation>> Urls { get; } = [];

        internal (string? Endpoint, string Path, int Status)? HealthCheck { get; set; }

        internal int Replicas { get; set; } = 1;
    }

    public class ProjectResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
    {
        internal string ProjectPath { get; init; } = "";
    }

    public class ExecutableResource(string name, string command, string workingDirectory)
        : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
    {
        public string Command => command;

        public string WorkingDirectory => workingDirectory;
    }

    /// <summary>A container in the real model, a private native server here.</summary>
    public abstract class ContainerResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
    {
        /// <summary>The server on a data directory and port.</summary>
        internal abstract Task<NativeServer> CreateServerAsync(string directory, int port, CancellationToken cancellationToken);

        /// <summary>What is to be done once the server answers.</summary>
        internal virtual Task PrepareAsync(NativeServer server, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed class ResourceUrlAnnotation
    {
        public required string Url { get; set; }

        public string? DisplayText { get; set; }

        public EndpointReference? Endpoint { get; init; }
    }

    public sealed class ResourceReadyEvent(IResource resource)
    {
        public IResource Resource => resource;
    }

    public class EnvironmentCallbackContext(IResource resource, Dictionary<string, object> environmentVariables, CancellationToken cancellationToken = default)
    {
        public Dictionary<string, object> EnvironmentVariables => environmentVariables;

        public IResource Resource => resource;

        public CancellationToken CancellationToken => cancellationToken;
    }
}

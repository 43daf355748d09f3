using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting
{
    public class DistributedApplicationException(string message, Exception? inner = null) : Exception(message, inner);

    public interface IDistributedApplicationBuilder
    {
        string AppHostDirectory { get; }

        ConfigurationManager Configuration { get; }

        IList<IResource> Resources { get; }

        IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource;

        IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
            where T : IResource;

        DistributedApplication Build();
    }

    internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
    {
        private readonly string[] _args;

        public DistributedApplicationBuilder(string[] args)
        {
            _args = args;
            AppHostDirectory = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>()
                .FirstOrDefault(metadata => metadata.Key == "AppHostProjectPath")?.Value ?? Directory.GetCurrentDirectory();
            Configuration = new ConfigurationManager();
            Configuration
                .AddJsonFile(Path.Combine(AppHostDirectory, "appsettings.json"), optional: true)
                .AddEnvironmentVariables()
                .AddCommandLine([.. args.Where(argument => argument.Contains('='))]);
            Data = new(Path.GetFullPath(Configuration["Aspire:Store:Path"] ?? "../.city", AppHostDirectory));
        }

        public string AppHostDirectory { get; }

        public ConfigurationManager Configuration { get; }

        public IList<IResource> Resources { get; } = [];

        internal DataDirectory Data { get; }

        public IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource
        {
            if (Resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
                throw new DistributedApplicationException($"There is a resource named '{resource.Name}' already.");
            Resources.Add(resource);
            return CreateResourceBuilder(resource);
        }

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
            where T : IResource => new ResourceBuilder<T>(this, resource);

        public DistributedApplication Build() =>
            new(new City([.. Resources.Cast<Resource>()], Configuration, Data, verbose: _args.Contains("--verbose")), fresh: _args.Contains("--fresh"));

        private sealed class ResourceBuilder<T>(IDistributedApplicationBuilder builder, T resource) : IResourceBuilder<T>
            where T : IResource
        {
            public IDistributedApplicationBuilder ApplicationBuilder => builder;

            public T Resource => resource;
        }
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    public interface IResourceBuilder<out T>
        where T : IResource
    {
        IDistributedApplicationBuilder ApplicationBuilder { get; }

        T Resource { get; }
    }
}

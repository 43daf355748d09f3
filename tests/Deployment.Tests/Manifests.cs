using k8s;
using k8s.Models;

namespace SmartCity.Deployment.Tests;

/// <summary>What stands in <c>deploy/</c>, read strictly: a property that Kubernetes does not know is a fault.</summary>
internal sealed class Manifests
{
    /// <summary>Of the two operators and of kustomize itself; their schemas are not part of Kubernetes.</summary>
    private static readonly string[] Foreign = ["postgresql.cnpg.io/v1", "rabbitmq.com/v1beta1", "kustomize.config.k8s.io/v1beta1"];

    private Manifests(IReadOnlyList<IKubernetesObject> objects, IReadOnlyList<(string Path, string Text)> documents) => (Objects, Documents) = (objects, documents);

    public static string Folder { get; } = Path.Combine(Root(), "deploy");

    public IReadOnlyList<IKubernetesObject> Objects { get; }

    /// <summary>Every YAML document with the file that it stands in.</summary>
    public IReadOnlyList<(string Path, string Text)> Documents { get; }

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    public static Manifests Read(string folder)
    {
        var documents = Directory.GetFiles(Path.Combine(Folder, folder), "*.yaml").Order(StringComparer.Ordinal)
            .SelectMany(path => File.ReadAllText(path).Split("\n---\n").Select(text => (path, text))).ToArray();
        return new Manifests([.. documents.Where(document => !IsForeign(document.text)).Select(Parse)], documents);
    }

    public static bool IsForeign(string document) => Foreign.Any(version => document.Contains($"apiVersion: {version}\n", StringComparison.Ordinal));

    public static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "SmartCity.sln"))) at = at.Parent;
        return at.FullName;
    }

    private static IKubernetesObject Parse((string Path, string Text) document)
    {
        try
        {
            return (IKubernetesObject)KubernetesYaml.LoadAllFromString(document.Text, strict: true).Single();
        }
        catch (Exception fault)
        {
            throw new InvalidDataException($"{Path.GetFileName(document.Path)}: {fault.InnerException?.Message ?? fault.Message}", fault);
        }
    }
}

/// <summary>The base's workloads.</summary>
internal static class Workloads
{
    public static V1Container Container(this V1Deployment deployment) => deployment.Spec.Template.Spec.Containers.Single();

    public static V1Container Container(this V1Job job) => job.Spec.Template.Spec.Containers.Single();
}

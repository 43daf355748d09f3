using System.Text.RegularExpressions;
using k8s.Models;

namespace SmartCity.Deployment.Tests;

/// <summary>The manifests hold together, with the AppHost and with each other, and let nobody do more than they must.</summary>
public sealed partial class ManifestTests
{
    private static readonly Manifests Base = Manifests.Read("base");

    [Theory]
    [InlineData("base")]
    [InlineData("small-city")]
    [InlineData("province")]
    public void Every_object_is_one_that_Kubernetes_knows(string folder) => Manifests.Read(folder).Documents.ShouldNotBeEmpty();

    [Theory]
    [InlineData("base")]
    [InlineData("small-city")]
    [InlineData("province")]
    public void A_kustomization_names_all_files_beside_it(string folder)
    {
        var path = Path.Combine(Manifests.Folder, folder);
        var named = FileName().Matches(File.ReadAllText(Path.Combine(path, "kustomization.yaml"))).Select(match => match.Groups[1].Value).ToArray();

        named.ShouldBe([.. Directory.GetFiles(path, "*.yaml").Select(file => Path.GetFileName(file)!).Where(file => file != "kustomization.yaml")], ignoreOrder: true);
    }

    [Fact]
    public void Everything_that_the_AppHost_runs_is_deployed_and_nothing_else()
    {
        var program = File.ReadAllText(Path.Combine(Manifests.Root(), "AppHost", "Program.cs"));
        var run = Resource().Matches(program).Select(match => match.Groups[1].Value).Where(name => name != "replay");

        Base.All<V1Deployment>().Select(deployment => deployment.Metadata.Name).ShouldBe(run, ignoreOrder: true);
    }

    [Fact]
    public void No_container_may_more_than_it_must()
    {
        var pods = Base.All<V1Deployment>().Select(deployment => deployment.Spec.Template.Spec).Concat(Base.All<V1Job>().Select(job => job.Spec.Template.Spec)).ToArray();
        pods.Length.ShouldBeGreaterThan(7);
        foreach (var pod in pods)
        {
            pod.AutomountServiceAccountToken.ShouldBe(false);
            pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
            pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
            var container = pod.Containers.ShouldHaveSingleItem();
            container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false);
            container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true);
            container.SecurityContext.Capabilities.Drop.ShouldBe(["ALL"]);
            container.Resources.Limits.ShouldContainKey("memory");
            container.Resources.Requests.Keys.ShouldBe(["cpu", "memory"], ignoreOrder: true);
            foreach (var variable in container.Env.Where(variable => SecretName().IsMatch(variable.Name)))
                variable.ValueFrom?.SecretKeyRef.ShouldNotBeNull($"{variable.Name} stands in the open");
        }
    }

    [Fact]
    public void Every_service_has_probes_a_budget_and_a_scale()
    {
        foreach (var deployment in Base.All<V1Deployment>())
        {
            var (name, container) = (deployment.Metadata.Name, deployment.Container());
            container.LivenessProbe.HttpGet.Path.ShouldBe("/health/live");
            container.ReadinessProbe.HttpGet.Path.ShouldBe("/health/ready");
            deployment.Spec.Replicas.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(2);
            var labels = deployment.Spec.Template.Metadata.Labels;
            deployment.Spec.Selector.MatchLabels.ShouldBeSubsetOf(labels);
            Base.All<V1PodDisruptionBudget>().Single(budget => budget.Metadata.Name == name).Spec.Selector.MatchLabels.ShouldBeSubsetOf(labels);
            Base.All<V2HorizontalPodAutoscaler>().Single(scale => scale.Metadata.Name == name).Spec.ScaleTargetRef.Name.ShouldBe(name);
            Base.All<V1Service>().Single(service => service.Metadata.Name == name).Spec.Selector.ShouldBeSubsetOf(labels);
        }
    }

    [Fact]
    public void Whoever_is_told_an_address_may_go_there_and_nobody_else()
    {
        var policies = Base.All<V1NetworkPolicy>().ToDictionary(policy => policy.Metadata.Name);
        policies["nothing"].Spec.ShouldSatisfyAllConditions(
            spec => spec.PodSelector.MatchLabels.ShouldBeNull(), spec => spec.Ingress.ShouldBeNull(), spec => spec.Egress.ShouldBeNull(), spec => spec.PolicyTypes.ShouldBe(["Ingress", "Egress"]));
        foreach (var deployment in Base.All<V1Deployment>())
        {
            var name = deployment.Metadata.Name;
            var told = deployment.Container().Env.Select(variable => Address().Match(variable.Name)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct();
            var services = Base.All<V1Deployment>().Select(other => other.Metadata.Name).Where(other => other != name).ToArray();

            Names(policies[name].Spec.Egress.SelectMany(rule => rule.To)).Intersect(services).ShouldBe(told, ignoreOrder: true, customMessage: $"from {name}");
            var callers = Base.All<V1Deployment>().Where(other => other.Container().Env.Any(variable => variable.Name.StartsWith($"services__{name}__", StringComparison.Ordinal)));
            Names(policies[name].Spec.Ingress.SelectMany(rule => rule.FromProperty)).Intersect(services).ShouldBe(callers.Select(caller => caller.Metadata.Name), ignoreOrder: true, customMessage: $"to {name}");
        }
    }

    private static IEnumerable<string> Names(IEnumerable<V1NetworkPolicyPeer> peers) =>
        peers.Select(peer => peer.PodSelector?.MatchLabels is { } labels && labels.TryGetValue("app.kubernetes.io/name", out var name) ? name : null).OfType<string>().Distinct();

    [GeneratedRegex(@"(?:- |path: )([a-z-]+\.yaml)$", RegexOptions.Multiline)]
    private static partial Regex FileName();

    [GeneratedRegex(@"Add(?:CityService|Portal|Project)<[\w.]+>\(""([a-z-]+)""")]
    private static partial Regex Resource();

    [GeneratedRegex(@"^services__([a-z-]+)__")]
    private static partial Regex Address();

    [GeneratedRegex("Secret|Key|^ConnectionStrings__|^Clients__")]
    private static partial Regex SecretName();
}

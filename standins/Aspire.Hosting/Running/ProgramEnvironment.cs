using System.Collections;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using SmartCity.Dashboard;

namespace Aspire.Hosting.Running;

/// <summary>The environment of a program: ours, then Aspire's conventions, then what the AppHost sets.</summary>
internal sealed class ProgramEnvironment(IConfiguration configuration, TelemetrySettings telemetry)
{
    public async Task<IReadOnlyList<ResourceVariable>> OfAsync(Resource resource, int replica, string instance, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>();
        foreach (var endpoint in resource.Endpoints.Where(endpoint => endpoint.PortVariable is not null))
            variables[endpoint.PortVariable!] = $"{endpoint.Ports[replica]}";

        if (resource is ProjectResource)
        {
            variables["ASPNETCORE_URLS"] = string.Join(';', resource.Endpoints
                .Where(endpoint => endpoint.PortVariable is null)
                .Select(endpoint => $"{endpoint.UriScheme}://{endpoint.TargetHost}:{endpoint.Ports[replica]}"));
            variables["OTEL_SERVICE_NAME"] = resource.Name;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}";
            foreach (var (name, value) in telemetry.Variables(configuration))
                variables[name] = value;
        }

        var context = new EnvironmentCallbackContext(resource, variables, cancellationToken);
        foreach (var callback in resource.Environment)
            await callback(context);

        var texts = new List<ResourceVariable>();
        foreach (var (name, value) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
            texts.Add(new(name, await TextAsync(value, cancellationToken), name == TelemetrySettings.Headers || IsSecret(value)));
        return texts;
    }

    public static Dictionary<string, string> WithInherited(IEnumerable<ResourceVariable> own)
    {
        var all = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
        foreach (var variable in own)
            all[variable.Name] = variable.Value;
        return all;
    }

    public static async Task<string> TextAsync(object value, CancellationToken cancellationToken) =>
        value is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) ?? "" : value.ToString() ?? "";

    // Connection strings hold passwords.
    private static bool IsSecret(object value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        IResourceWithConnectionString => true,
        ReferenceExpression expression => expression.Parts.Any(IsSecret),
        _ => false,
    };
}

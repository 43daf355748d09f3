using System.Collections;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Running;

/// <summary>The environment of a project's process: ours, then Aspire's conventions, then what the AppHost sets.</summary>
internal sealed class ProjectEnvironment(IConfiguration configuration)
{
    public async Task<Dictionary<string, string>> OfAsync(ProjectResource resource, int replica, string instance, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>();
        foreach (DictionaryEntry inherited in System.Environment.GetEnvironmentVariables())
            variables[(string)inherited.Key] = inherited.Value ?? "";

        variables["ASPNETCORE_URLS"] = string.Join(';', resource.Endpoints
            .Where(endpoint => endpoint.PortVariable is null)
            .Select(endpoint => $"{endpoint.UriScheme}://{endpoint.TargetHost}:{endpoint.Ports[replica]}"));
        foreach (var endpoint in resource.Endpoints.Where(endpoint => endpoint.PortVariable is not null))
            variables[endpoint.PortVariable!] = $"{endpoint.Ports[replica]}";

        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}";
        if (configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] is { } http)
            (variables["OTEL_EXPORTER_OTLP_ENDPOINT"], variables["OTEL_EXPORTER_OTLP_PROTOCOL"]) = (http, "http/protobuf");
        else if (configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is { } grpc)
            (variables["OTEL_EXPORTER_OTLP_ENDPOINT"], variables["OTEL_EXPORTER_OTLP_PROTOCOL"]) = (grpc, "grpc");

        var context = new EnvironmentCallbackContext(resource, variables, cancellationToken);
        foreach (var callback in resource.Environment)
            await callback(context);

        var texts = new Dictionary<string, string>();
        foreach (var (name, value) in variables)
            texts[name] = await TextAsync(value, cancellationToken);
        return texts;
    }

    public static async Task<string> TextAsync(object value, CancellationToken cancellationToken) =>
        value is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) ?? "" : value.ToString() ?? "";
}

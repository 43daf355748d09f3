namespace Aspire.Hosting.ApplicationModel;

public sealed class EndpointAnnotation(string name, string uriScheme)
{
    public string Name { get; set; } = name;

    public string UriScheme { get; set; } = uriScheme;

    public string TargetHost { get; set; } = "127.0.0.1";

    public int? Port { get; set; }

    public bool IsExternal { get; set; }

    /// <summary>The variable that gets the port; such an endpoint is the program's own business and not in ASPNETCORE_URLS.</summary>
    internal string? PortVariable { get; init; }

    /// <summary>The port of each replica, known once the city starts.</summary>
    internal int[] Ports { get; set; } = [];
}

public enum EndpointProperty
{
    Url = 0,
    Host = 1,
    IPV4Host = 2,
    Port = 3,
    Scheme = 4,
    TargetPort = 5,
    HostAndPort = 6,
}

public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IValueProvider
{
    public IResourceWithEndpoints Resource => owner;

    public string EndpointName => endpointName;

    public EndpointAnnotation EndpointAnnotation =>
        ((Resource)owner).Endpoints.Find(endpoint => endpoint.Name == endpointName)
        ?? throw new DistributedApplicationException($"Resource '{owner.Name}' has no endpoint '{endpointName}'.");

    public bool IsHttp => Scheme == "http";

    public string Scheme => EndpointAnnotation.UriScheme;

    public string Host => "127.0.0.1";

    public int Port => EndpointAnnotation.Ports.ElementAtOrDefault(Replica) is var port and > 0
        ? port
        : throw new DistributedApplicationException($"Endpoint '{endpointName}' of '{owner.Name}' gets its port when the city starts.");

    public string Url => $"{Scheme}://{Host}:{Port}";

    internal int Replica { get; init; }

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);
}

public sealed class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) : IValueProvider
{
    public EndpointReference Endpoint => endpointReference;

    public EndpointProperty Property => property;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(property switch
    {
        EndpointProperty.Url => endpointReference.Url,
        EndpointProperty.Host or EndpointProperty.IPV4Host => endpointReference.Host,
        EndpointProperty.Port or EndpointProperty.TargetPort => $"{endpointReference.Port}",
        EndpointProperty.Scheme => endpointReference.Scheme,
        EndpointProperty.HostAndPort => $"{endpointReference.Host}:{endpointReference.Port}",
        _ => throw new ArgumentOutOfRangeException(nameof(property), property, null),
    });
}

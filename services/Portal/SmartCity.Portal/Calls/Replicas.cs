using System.Collections.Concurrent;
using System.Net.Sockets;

namespace SmartCity.Portal.Calls;

/// <summary>
/// Finds a service by its name, as service discovery configures it (<c>services:{name}:http:{n}</c>), its replicas by turns. Where one cannot be reached at all
/// nothing was sent, so the next is asked.
/// </summary>
internal sealed class Replicas(IConfiguration configuration) : DelegatingHandler
{
    private static readonly ConcurrentDictionary<string, Uri[]> Known = new();
    private static int turn;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri!;
        var replicas = Known.GetOrAdd(asked.Host, Find);
        for (var attempt = 1; ; attempt++)
        {
            var replica = replicas[(Interlocked.Increment(ref turn) & int.MaxValue) % replicas.Length];
            request.RequestUri = new UriBuilder(asked) { Host = replica.Host, Port = replica.Port, Scheme = replica.Scheme }.Uri;
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException fault) when (fault.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } && attempt < replicas.Length)
            {
            }
        }
    }

    private Uri[] Find(string service) =>
        configuration.GetSection($"services:{service}:http").GetChildren().Select(replica => new Uri(replica.Value!)).ToArray() is { Length: > 0 } replicas
            ? replicas
            : throw new HttpRequestException($"No address of {service} is configured (services:{service}:http:0).");
}

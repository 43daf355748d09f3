using System.Numerics;
using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace SmartCity.Gateway;

/// <summary>
/// Leaves a replica out for a while when half of its last twenty answers were failures of its own. After that the next request tries it again.
/// When all are out, all are asked: a wrong suspicion must not close a service.
/// </summary>
internal sealed class ReplicaCircuit(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "ReplicaCircuit";

    private const int Remembered = 20;
    private const int MostFailures = Remembered / 2;

    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConditionalWeakTable<DestinationState, History> histories = [];

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (Failed(context) is not { } failed) return;

        var history = histories.GetOrCreateValue(destination);
        var bits = ((Volatile.Read(ref history.Bits) << 1) | (failed ? 1u : 0u)) & ((1u << Remembered) - 1);
        // After an answer is lost between two threads, the next one counts: no lock for that.
        Volatile.Write(ref history.Bits, bits);
        if (!failed || BitOperations.PopCount(bits) < MostFailures) return;

        Volatile.Write(ref history.Bits, 0);
        GatewayMetrics.LeftOut(cluster.ClusterId, destination.DestinationId);
        health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, Pause);
    }

    /// <summary>Null: it was the caller's doing.</summary>
    private static bool? Failed(HttpContext context) => context.Features.Get<IForwarderErrorFeature>()?.Error switch
    {
        null => context.Response.StatusCode is StatusCodes.Status500InternalServerError or StatusCodes.Status502BadGateway or StatusCodes.Status504GatewayTimeout,
        ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.ResponseBodyDestination or ForwarderError.RequestBodyDestination or ForwarderError.UpgradeResponseDestination => true,
        _ => null,
    };

    private sealed class History
    {
        public uint Bits;
    }
}

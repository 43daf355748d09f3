using System.Collections.Concurrent;
using System.Net.NetworkInformation;

namespace SmartCity.NativeServers;

/// <summary>Ports on this machine that nobody uses.</summary>
public static class Ports
{
    private static readonly ConcurrentDictionary<int, bool> s_given = new();

    // Below the range from which the system takes outgoing ports: in it, a client that retries while its server is down can
    // connect to itself and so take the server's port away for good.
    private static readonly int s_end = OutgoingRangeStart();

    /// <summary>A free port that was not handed out before.</summary>
    public static int Free()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(s_end - 12_000, s_end);
            if (s_given.TryAdd(port, true) && IsFree(port))
                return port;
        }

        throw new InvalidOperationException("No free port was found.");
    }

    /// <summary>Whether nobody listens on this port now. It looks and does not bind, or else it would stand in a starting server's way.</summary>
    public static bool IsFree(int port) => Array.TrueForAll(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), listener => listener.Port != port);

    private static int OutgoingRangeStart()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        var start = File.Exists(Range) ? int.Parse(File.ReadAllText(Range).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0]) : 32_768;
        return Math.Clamp(start, 16_000, 60_000);
    }
}

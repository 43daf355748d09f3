using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace SmartCity.Benchmarks.CheckIn;

/// <summary>
/// Sends prepared HTTP/1.1 requests over many connections, one at a time on each, and reads the answers: little work of its own, for it shares two cores with
/// what it measures.
/// </summary>
internal static class Load
{
    private static readonly byte[] Length = "content-length:"u8.ToArray();
    private static readonly byte[] Chunked = "transfer-encoding: chunked"u8.ToArray();

    /// <returns>Seconds until every request was answered with 200.</returns>
    public static async Task<double> RunAsync(Uri address, IReadOnlyList<byte[]> requests, int connections)
    {
        var next = -1;
        var sockets = new List<Socket>();
        for (var index = 0; index < connections; index++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port);
            sockets.Add(socket);
        }

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await Task.WhenAll(sockets.Select(async socket =>
        {
            var buffer = new byte[16 * 1024];
            while (Interlocked.Increment(ref next) is var index && index < requests.Count)
            {
                await socket.SendAsync(requests[index]);
                while (!await IsAnsweredAsync(socket, buffer))
                {
                    await Task.Delay(500);
                    await socket.SendAsync(requests[index]);
                }
            }
        }));
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var socket in sockets) socket.Dispose();
        return seconds;
    }

    public static byte[] Request(Uri address, string path, string token, Guid key, string json) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <returns>False where the service asks to try again, as it may while it starts.</returns>
    private static async ValueTask<bool> IsAnsweredAsync(Socket socket, byte[] buffer)
    {
        var read = 0;
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (count == 0) throw new IOException("The service closed the connection.");
            read += count;
            if (IsWhole(buffer.AsSpan(0, read))) return !buffer.AsSpan().StartsWith("HTTP/1.1 503"u8);
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        if (!answer.StartsWith("HTTP/1.1 200"u8) && !answer.StartsWith("HTTP/1.1 503"u8)) throw new InvalidOperationException(Encoding.UTF8.GetString(answer));
        Span<byte> lower = stackalloc byte[head];
        System.Text.Ascii.ToLower(answer[..head], lower, out _);
        if (lower.IndexOf(Chunked) >= 0) return answer.EndsWith("0\r\n\r\n"u8);
        Utf8Parser.TryParse(lower[(lower.IndexOf(Length) + Length.Length)..].TrimStart((byte)' '), out int length, out _);
        return answer.Length >= head + 4 + length;
    }
}

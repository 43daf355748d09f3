using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmartCity.Benchmarks.CodeDisplay;

/// <summary>
/// Phones that ask again as soon as they have their answer: one connection each, HTTP/1.1, no pipelining. Every answer is read to its end and must
/// be 200 with a body.
/// </summary>
internal static class LoadClient
{
    /// <param name="port">Of the server on this machine.</param>
    /// <param name="requests">One request per phone, as bytes.</param>
    /// <param name="time">How long they ask.</param>
    /// <returns>Answers a second, and the bytes of the last body.</returns>
    public static async Task<(double Rate, int Body)> RunAsync(int port, IReadOnlyList<byte[]> requests, TimeSpan time)
    {
        var sockets = new List<Socket>();
        foreach (var _ in requests)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            sockets.Add(socket);
        }

        var watch = Stopwatch.StartNew();
        var phones = await Task.WhenAll(sockets.Zip(requests, (socket, request) => Task.Run(() => AskAsync(socket, request, watch, time))));
        var seconds = watch.Elapsed.TotalSeconds;
        sockets.ForEach(socket => socket.Dispose());
        return (phones.Sum(phone => phone.Answers) / seconds, phones[0].Body);
    }

    private static async Task<(long Answers, int Body)> AskAsync(Socket socket, byte[] request, Stopwatch watch, TimeSpan time)
    {
        var buffer = new byte[8192];
        var (answers, body) = (0L, 0);
        while (watch.Elapsed < time)
        {
            await socket.SendAsync(request, SocketFlags.None);
            var (read, whole) = (0, 0);
            while (whole == 0 || read < whole)
            {
                var got = await socket.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None);
                if (got == 0) throw new InvalidOperationException("The server closed the connection.");
                read += got;
                if (whole == 0) (whole, body) = Length(buffer.AsSpan(0, read));
            }

            answers++;
        }

        return (answers, body);
    }

    private static (int Whole, int Body) Length(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return (0, 0);
        if (!answer.StartsWith("HTTP/1.1 200 "u8)) throw new InvalidOperationException(Encoding.ASCII.GetString(answer[..end]));
        var length = answer[(answer.IndexOf("Content-Length: "u8) + 16)..];
        var body = 0;
        foreach (var digit in length)
        {
            if (digit is < (byte)'0' or > (byte)'9') break;
            body = body * 10 + digit - '0';
        }

        return (end + 4 + body, body);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

/// <summary>The gateway as a process of its own, with its real server: what the in-memory one cannot show.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Backend identity;
    private readonly ConcurrentQueue<string> log = new();

    private GatewayProcess(Process process, Backend identity, Uri address, Uri http2) => (this.process, this.identity, Address, Http2) = (process, identity, address, http2);

    public Uri Address { get; }

    /// <summary>The same for HTTP/2 without TLS.</summary>
    public Uri Http2 { get; }

    public IReadOnlyCollection<string> Log => log;

    public static async Task<GatewayProcess> StartAsync(params (string Key, string? Value)[] settings)
    {
        // Publishes the key of the tests' tokens, as the identity service does.
        var identity = await Backend.StartAsync((app, _) =>
        {
            app.MapGet("/.well-known/openid-configuration", (HttpRequest request) => TestTokens.Discovery($"http://{request.Host}/keys"));
            app.MapGet("/keys", TestTokens.Keys);
        });
        var (port, grpc) = (FreePort(), FreePort());
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "SmartCity.Gateway.dll")])
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}", ["GRPC_PORT"] = $"{grpc}", ["Auth__Authority"] = identity.Url },
        };
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__")] = value;
        var gateway = new GatewayProcess(Process.Start(start)!, identity, new Uri($"http://127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{grpc}"));
        gateway.process.OutputDataReceived += (_, line) => gateway.log.Enqueue(line.Data ?? "");
        gateway.process.ErrorDataReceived += (_, line) => gateway.log.Enqueue(line.Data ?? "");
        gateway.process.BeginOutputReadLine();
        gateway.process.BeginErrorReadLine();
        using var client = gateway.Client();
        await Eventually.Async(
            async () =>
            {
                if (gateway.process.HasExited) throw new InvalidOperationException($"The gateway did not start:\n{string.Join('\n', gateway.log)}");
                try
                {
                    return (await client.GetAsync("/health/ready")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60),
            "the gateway is ready");
        return gateway;
    }

    public HttpClient Client(Guid? account = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (account is { } id) client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Person(id, "gateway", "citizen"));
        return client;
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Address.Port));
        return socket;
    }

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
        await identity.DisposeAsync();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

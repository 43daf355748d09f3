using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

/// <summary>What reaches the gateway's real server: protocols, sizes, and connections that are up to no good.</summary>
public sealed class DoorTests(DoorTests.House house) : IClassFixture<DoorTests.House>
{
    private const int Large = 20 * 1024 * 1024;

    private readonly GatewayProcess gateway = house.Gateway;

    [Fact]
    public async Task Traces_are_valid_ones_and_baggage_stays_outside()
    {
        using var client = gateway.Client();
        foreach (var (sent, kept) in new[] { ("garbage", ""), ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"), ("00-00000000000000000000000000000000-b7ad6b7169203331-01", "") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health-code/v1/headers");
            request.Headers.TryAddWithoutValidation("traceparent", sent);
            request.Headers.TryAddWithoutValidation("baggage", "name=somebody");
            request.Headers.TryAddWithoutValidation("Correlation-Context", "name=somebody");
            using var answer = await client.SendAsync(request);
            var seen = await answer.Content.ReadAsStringAsync();

            var trace = answer.Header("Trace-Id");
            trace.ShouldMatch("^(?!0{32})[0-9a-f]{32}$");
            if (kept.Length > 0) trace.ShouldBe(kept);
            seen.ShouldMatch($"(?m)^traceparent: 00-{trace}-(?!0{{16}})[0-9a-f]{{16}}-0[01]$");
            seen.ShouldNotContain("somebody");
        }
    }

    [Fact]
    public async Task The_log_tells_what_was_done_and_not_by_whom()
    {
        var account = Guid.CreateVersion7();
        using var client = gateway.Client(account);
        (await client.GetStringAsync("/health-code/v1/people/wanglili?phone=13800000001")).ShouldBe("there");

        await Eventually.Async(() => gateway.Log.Any(line => line.Contains("GET by health-code was answered 200")), TimeSpan.FromSeconds(10), "the line is there");
        foreach (var personal in (string[])["wanglili", "13800000001", account.ToString(), "127.0.0.1:5"]) gateway.Log.ShouldNotContain(line => line.Contains(personal));
    }

    [Fact]
    public async Task Bodies_end_at_a_megabyte_except_where_the_policy_says_so_and_stream_through()
    {
        using var client = gateway.Client();
        using var large = new ByteArrayContent(new byte[Large]);
        (await (await client.PostAsync("/health-code/v1/upload", large)).Content.ReadAsStringAsync()).ShouldBe($"{Large}");
        using var small = new ByteArrayContent(new byte[1000]);
        (await (await client.PostAsync("/health-code/v1/body", small)).Content.ReadAsStringAsync()).ShouldBe("1000");

        using var tooLarge = new ByteArrayContent(new byte[2 * 1024 * 1024]);
        using var refused = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/health-code/v1/body") { Content = tooLarge, Headers = { ExpectContinue = true } });
        refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await refused.CodeAsync()).ShouldBe("body_too_large");
    }

    [Fact]
    public async Task Event_streams_and_web_sockets_go_through()
    {
        using var client = gateway.Client();
        using var stream = await client.GetAsync("/health-code/v1/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        for (var i = 0; i < 3; i++)
        {
            (await reader.ReadLineAsync()).ShouldBe($"data: {i}");
            await reader.ReadLineAsync();
        }

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Address.Port}/health-code/v1/socket/stream"), CancellationToken.None);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[10];
        var read = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Encoding.UTF8.GetString(buffer, 0, read.Count).ShouldBe("hello");
    }

    [Fact]
    public async Task Departments_systems_speak_gRPC_with_the_service_and_others_HTTP_2_with_the_gateway()
    {
        using var client = new HttpClient { BaseAddress = gateway.Http2, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        byte[] message = [0, 0, 0, 0, 2, 8, 1];
        using var content = new ByteArrayContent(message) { Headers = { ContentType = new("application/grpc") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/smartcity.health_code.v1.HealthCodes/GetStatus") 
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content, Headers = { { "TE", "trailers" } },
        };
        using var answer = await client.SendAsync(request);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(message);
        answer.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);

        using var plain = await client.GetAsync("/health-code/v1/people/x");
        plain.Version.ShouldBe(HttpVersion.Version20);
        plain.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_sends_headers_slowly_or_too_many_is_cut_off_and_others_notice_nothing()
    {
        var slow = new List<Socket>();
        for (var i = 0; i < 200; i++)
        {
            var socket = await gateway.ConnectAsync();
            await socket.SendAsync("GET /health-code/v1/people/x HTTP/1.1\r\nHost: a\r\nX-Slow: "u8.ToArray());
            slow.Add(socket);
        }

        using var client = gateway.Client();
        (await client.GetStringAsync("/health-code/v1/people/x")).ShouldBe("there");
        foreach (var socket in slow)
        {
            var read = await ReadAsync(socket);
            (read.Length == 0 || read.StartsWith("HTTP/1.1 408", StringComparison.Ordinal)).ShouldBeTrue(read);
            socket.Dispose();
        }

        foreach (var headers in (string[])[string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: a\r\n")), $"X-Long: {new string('a', 20_000)}\r\n"])
        {
            using var socket = await gateway.ConnectAsync();
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n"));
            (await ReadAsync(socket)).ShouldStartWith("HTTP/1.1 431");
        }
    }

    [Fact]
    public async Task Who_sends_a_body_slowly_holds_no_place_of_the_service()
    {
        var slow = new List<Socket>();
        for (var i = 0; i < 100; i++)
        {
            var socket = await gateway.ConnectAsync();
            await socket.SendAsync("POST /health-code/v1/body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx"u8.ToArray());
            slow.Add(socket);
        }

        // More than the service may have inside at first.
        using var client = gateway.Client();
        for (var i = 0; i < 20; i++) (await client.GetAsync("/health-code/v1/people/x")).StatusCode.ShouldBe(HttpStatusCode.OK);
        slow.ForEach(socket => socket.Dispose());
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[1000];
        try
        {
            var read = await socket.ReceiveAsync(buffer, patience.Token);
            return Encoding.ASCII.GetString(buffer, 0, read);
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>One gateway and its replicas for all tests of the class.</summary>
    public sealed class House : IAsyncLifetime
    {
        private Backend backend = null!;
        private Backend grpc = null!;

        internal GatewayProcess Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            backend = await Backend.StartAsync((app, _) =>
            {
                app.MapGet("/health-code/v1/headers", (HttpRequest request) => string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}")));
                app.MapGet("/health-code/v1/people/{name}", () => "there");
                app.MapPost("/health-code/v1/body", LengthAsync);
                app.MapPost("/health-code/v1/upload", LengthAsync);
                app.MapGet("/health-code/v1/stream", async (HttpResponse response) =>
                {
                    response.ContentType = "text/event-stream";
                    for (var i = 0; !response.HttpContext.RequestAborted.IsCancellationRequested; i++)
                    {
                        await response.WriteAsync($"data: {i}\n\n");
                        await response.Body.FlushAsync();
                        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
                    }
                });
                app.MapGet("/health-code/v1/socket/stream", async (HttpContext context) =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    var buffer = new byte[100];
                    var read = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                    await socket.SendAsync(buffer.AsMemory(0, read.Count), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
                });
            });
            grpc = await Backend.StartAsync(
                (app, _) => app.MapPost("/smartcity.health_code.v1.HealthCodes/GetStatus", async context =>
                {
                    context.Response.ContentType = "application/grpc";
                    await context.Request.Body.CopyToAsync(context.Response.Body);
                    context.Response.AppendTrailer("grpc-status", "0");
                }),
                HttpProtocols.Http2);
            Gateway = await GatewayProcess.StartAsync(
                ("services:health-code:http:0", backend.Url), ("services:health-code:grpc:0", grpc.Url), ("Doors:HeadersWithin", "00:00:02"),
                ("Policy:Rules:upload:Service", "health-code"), ("Policy:Rules:upload:Path", "/health-code/v1/upload"), ("Policy:Rules:upload:MostBytes", $"{Large}"),
                ("Policy:Rules:stream:Service", "health-code"), ("Policy:Rules:stream:Path", "/health-code/v1/stream"), ("Policy:Rules:stream:Stream", "true"),
                ("Policy:Rules:socket:Service", "health-code"), ("Policy:Rules:socket:Path", "/health-code/v1/socket/stream"), ("Policy:Rules:socket:Stream", "true"));
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await grpc.DisposeAsync();
            await backend.DisposeAsync();
        }

        private static async Task<string> LengthAsync(HttpRequest request)
        {
            var (total, buffer) = (0L, new byte[64 * 1024]);
            while (await request.Body.ReadAsync(buffer) is > 0 and var read) total += read;
            return $"{total}";
        }
    }
}

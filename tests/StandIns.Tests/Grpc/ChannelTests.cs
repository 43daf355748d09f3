using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace StandIns.Tests.Grpc;

public sealed class ChannelTests
{
    [Fact]
    public async Task Interceptors_on_both_sides_see_every_call_the_first_one_outermost()
    {
        var seen = new ConcurrentQueue<string>();
        await using var server = await EchoServer.StartAsync(interceptor: new Recorder("server", seen));
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Echo.EchoClient(channel.Intercept(new Recorder("outer", seen), new Recorder("inner", seen)));

        await client.SayAsync(new Word());
        using var repeat = client.Repeat(new Word { Times = 1 });
        await repeat.ResponseStream.ReadAllAsync().CountAsync();
        using var join = client.Join();
        await join.RequestStream.CompleteAsync();
        await join;
        using var chat = client.Chat();
        await chat.RequestStream.CompleteAsync();
        await chat.ResponseStream.ReadAllAsync().CountAsync();

        foreach (var method in new[] { "Say", "Repeat", "Join", "Chat" })
        {
            seen.Where(entry => entry.EndsWith(method, StringComparison.Ordinal))
                .ShouldBe([$"outer {method}", $"inner {method}", $"server {method}"]);
        }
    }

    [Fact]
    public async Task An_unavailable_server_is_asked_again_as_the_service_config_says()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(
            server.Address, new GrpcChannelOptions { ServiceConfig = RetryingUnavailable(maxAttempts: 4) });
        var client = new Echo.EchoClient(channel);

        server.FailNext(2);
        (await client.SayAsync(new Word { Text = "at last" })).Text.ShouldBe("at last");
        server.LastHeaders.GetValue("grpc-previous-rpc-attempts").ShouldBe("2");

        server.FailNext(4);
        (await Should.ThrowAsync<RpcException>(async () => await client.SayAsync(new Word()))).StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    [Fact]
    public async Task Messages_travel_gzipped_both_ways()
    {
        await using var server = await EchoServer.StartAsync();
        var wire = new WireRecorder();
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { HttpHandler = wire });
        var text = new string('x', 100_000);

        var answer = await new Echo.EchoClient(channel)
            .SayAsync(new Word { Text = text }, new Metadata { { "grpc-internal-encoding-request", "gzip" } });

        answer.Text.ShouldBe(text);
        wire.RequestEncoding.ShouldBe("gzip");
        wire.ResponseEncoding.ShouldBe("gzip");
        wire.ResponseLength.ShouldBeLessThan(10_000);
    }

    [Fact]
    public async Task Round_robin_takes_the_servers_in_turn()
    {
        await using var one = await EchoServer.StartAsync("one");
        await using var two = await EchoServer.StartAsync("two");
        await using var services = new ServiceCollection()
            .AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => [AddressOf(one), AddressOf(two)]))
            .BuildServiceProvider();
        using var channel = GrpcChannel.ForAddress("static:///echo", new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceProvider = services,
            ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } },
        });
        var client = new Echo.EchoClient(channel);

        // The first calls may come before the second connection is ready.
        await Eventually(async () => await AnsweredBy(client) != await AnsweredBy(client));

        var answered = new List<string?>();
        for (var i = 0; i < 6; i++)
            answered.Add(await AnsweredBy(client));
        answered.Count(name => name == "one").ShouldBe(3);
        answered.Count(name => name == "two").ShouldBe(3);
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
            await Task.Delay(20, patience.Token);
    }

    private static async Task<string?> AnsweredBy(Echo.EchoClient client)
    {
        using var call = client.SayAsync(new Word());
        await call;
        return call.GetTrailers().GetValue(EchoServer.NameTrailer);
    }

    private static BalancerAddress AddressOf(EchoServer server) => new(server.Address.Host, server.Address.Port);

    private static ServiceConfig RetryingUnavailable(int maxAttempts) => new()
    {
        MethodConfigs =
        {
            new MethodConfig
            {
                Names = { MethodName.Default },
                RetryPolicy = new RetryPolicy
                {
                    MaxAttempts = maxAttempts,
                    InitialBackoff = TimeSpan.FromMilliseconds(10),
                    MaxBackoff = TimeSpan.FromMilliseconds(20),
                    BackoffMultiplier = 1.5,
                    RetryableStatusCodes = { StatusCode.Unavailable },
                },
            },
        },
    };

    private sealed class WireRecorder() : DelegatingHandler(new SocketsHttpHandler())
    {
        public string? RequestEncoding { get; private set; }

        public string? ResponseEncoding { get; private set; }

        public long ResponseLength { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            RequestEncoding = request.Headers.GetValues("grpc-encoding").Single();
            var response = await base.SendAsync(request, cancellationToken);
            ResponseEncoding = response.Headers.GetValues("grpc-encoding").Single();
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            ResponseLength = response.Content.Headers.ContentLength!.Value;
            return response;
        }
    }
}

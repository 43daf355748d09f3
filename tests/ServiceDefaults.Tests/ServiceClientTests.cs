using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.ServiceDefaults.Tests.Contracts;

namespace SmartCity.ServiceDefaults.Tests;

/// <summary>gRPC from one service to another, over HTTP/2 without TLS as in the city.</summary>
public sealed class ServiceClientTests : IAsyncLifetime
{
    private const string Scope = "sample:echo";

    private readonly EchoService.Count calls = new();
    private SampleApp server = null!;
    private TokenProvider tokens = null!;

    public async ValueTask InitializeAsync()
    {
        tokens = await TokenProvider.StartAsync(TimeSpan.FromHours(1));
        server = await SampleApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(calls);
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
            },
            app => app.MapGrpcService<EchoService>().AllowServices(Scope));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await tokens.DisposeAsync();
    }

    [Fact]
    public async Task A_call_carries_the_services_own_token_and_a_deadline()
    {
        var heard = await Client(Scope, server.Address).SayAsync(new Words { Text = "hello" });

        heard.Text.ShouldBe("hello");
        heard.Caller.ShouldBe(SampleApp.Name);
        heard.SecondsLeft.ShouldBeInRange(0, GrpcDefaults.DefaultDeadline.TotalSeconds);
        tokens.Requests.ShouldHaveSingleItem()["audience"].ShouldBe(SampleApp.Name);
    }

    [Fact]
    public async Task A_caller_may_set_a_shorter_deadline()
    {
        var heard = await Client(Scope, server.Address).SayAsync(new Words(), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(1));

        heard.SecondsLeft.ShouldBeLessThan(1);
    }

    [Fact]
    public async Task Who_never_answers_is_not_waited_for()
    {
        var exception = await Should.ThrowAsync<RpcException>(async () => await Client(Scope, server.Address).SayAsync(new Words { Text = "hang" }));

        exception.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
    }

    [Fact]
    public async Task A_replica_that_is_down_is_left_out()
    {
        var client = Client(Scope, NobodyThere(), server.Address);

        for (var call = 0; call < 10; call++) (await client.SayAsync(new Words { Text = "hello" })).Text.ShouldBe("hello");
    }

    [Fact]
    public async Task A_call_that_was_not_carried_out_is_repeated()
    {
        var heard = await Client(Scope, server.Address).SayAsync(new Words { Text = "stumble" });

        heard.Text.ShouldBe("stumble");
        calls.Value.ShouldBe(2);
    }

    [Fact]
    public async Task Where_no_replica_is_left_the_caller_hears_it_soon()
    {
        var exception = await Should.ThrowAsync<RpcException>(async () => await Client(Scope, NobodyThere()).SayAsync(new Words()));

        exception.StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    [Fact]
    public async Task A_refusal_keeps_its_code_and_is_not_repeated()
    {
        var exception = await Should.ThrowAsync<RpcException>(async () => await Client(Scope, server.Address).SayAsync(new Words { Text = "refuse" }));

        exception.StatusCode.ShouldBe(StatusCode.NotFound);
        exception.Trailers.GetValue("problem-code").ShouldBe("nobody_known");
        calls.Value.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_with_another_scope_is_not_let_in()
    {
        var exception = await Should.ThrowAsync<RpcException>(async () => await Client("sample:other", server.Address).SayAsync(new Words()));

        exception.StatusCode.ShouldBe(StatusCode.PermissionDenied);
        calls.Value.ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_token_to_be_had_the_call_is_unavailable()
    {
        await tokens.StopAsync();

        var exception = await Should.ThrowAsync<RpcException>(async () => await Client(Scope, server.Address).SayAsync(new Words()));

        exception.StatusCode.ShouldBe(StatusCode.Unavailable);
        calls.Value.ShouldBe(0);
    }

    [Fact]
    public void A_service_that_no_address_is_known_of_is_found_out_at_the_first_use() =>
        Should.Throw<InvalidOperationException>(() => Client(Scope)).Message.ShouldContain("services:sample:grpc:0");

    private Echo.EchoClient Client(string scope, params Uri[] replicas)
    {
        var addresses = replicas.Select((replica, index) => ($"services:{SampleApp.Name}:grpc:{index}", (string?)replica.ToString()));
        var builder = SampleApp.Builder([.. tokens.Settings, .. addresses]);
        builder.AddServiceClient(SampleApp.Name, scope, invoker => new Echo.EchoClient(invoker));
        return builder.Build().Services.GetRequiredService<Echo.EchoClient>();
    }

    private static Uri NobodyThere()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}

using Grpc.Core;
using Grpc.Net.Client;

namespace StandIns.Tests.Grpc;

public sealed class CallTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private EchoServer _server = null!;
    private GrpcChannel _channel = null!;
    private Echo.EchoClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EchoServer.StartAsync();
        _channel = GrpcChannel.ForAddress(_server.Address);
        _client = new Echo.EchoClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_unary_call_brings_headers_answer_status_and_trailers()
    {
        using var call = _client.SayAsync(new Word { Text = "hello" }, new Metadata { { "Caller", "test" }, { "proof-bin", [0, 200] } });

        (await call).Text.ShouldBe("hello");
        (await call.ResponseHeadersAsync).GetValue("content-type").ShouldBeNull("transport headers are no metadata of ours");
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
        call.GetTrailers().GetValue(EchoServer.NameTrailer).ShouldBe("one");
        _server.LastHeaders.GetValue("caller").ShouldBe("test");
        _server.LastHeaders.GetValueBytes("proof-bin").ShouldBe([0, 200]);
    }

    [Fact]
    public void A_blocking_call_answers() => _client.Say(new Word { Text = "hello" }).Text.ShouldBe("hello");

    [Fact]
    public async Task A_server_stream_is_read_to_its_end()
    {
        using var call = _client.Repeat(new Word { Text = "again", Times = 3 });

        var times = await call.ResponseStream.ReadAllAsync().Select(word => word.Times).ToListAsync();

        times.ShouldBe([1, 2, 3]);
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Fact]
    public async Task A_client_stream_is_answered_once_it_is_complete()
    {
        using var call = _client.Join();
        foreach (var text in new[] { "one", "by", "one" })
            await call.RequestStream.WriteAsync(new Word { Text = text });
        await call.RequestStream.CompleteAsync();

        (await call).ShouldBe(new Word { Text = "one by one", Times = 3 });
    }

    [Fact]
    public async Task A_duplex_call_answers_each_word_before_the_next_is_sent()
    {
        using var call = _client.Chat();
        foreach (var text in new[] { "ping", "pong" })
        {
            await call.RequestStream.WriteAsync(new Word { Text = text });
            (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeTrue();
            call.ResponseStream.Current.Text.ShouldBe(text.ToUpperInvariant());
        }
        await call.RequestStream.CompleteAsync();

        (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_refusal_keeps_its_status_detail_and_trailers()
    {
        var refusal = await Should.ThrowAsync<RpcException>(async () => await _client.SayAsync(new Word { Text = "unknown" }));

        refusal.StatusCode.ShouldBe(StatusCode.NotFound);
        refusal.Status.Detail.ShouldBe("no such word");
        refusal.Trailers.GetValueBytes("reason-bin").ShouldBe([1, 2, 255]);
    }

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        var deadline = TimeProvider.System.GetUtcNow().AddMilliseconds(500).UtcDateTime;

        var refusal = await Should.ThrowAsync<RpcException>(
            async () => await _client.SayAsync(new Word { Text = "wait" }, deadline: deadline));

        refusal.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        await _server.Cancelled.Task.WaitAsync(Soon);
    }

    [Fact]
    public async Task Cancelling_ends_the_call_on_both_sides()
    {
        using var cancel = new CancellationTokenSource();
        var call = _client.SayAsync(new Word { Text = "wait" }, cancellationToken: cancel.Token);
        await _server.Waiting.Task.WaitAsync(Soon);

        await cancel.CancelAsync();

        (await Should.ThrowAsync<RpcException>(async () => await call)).StatusCode.ShouldBe(StatusCode.Cancelled);
        await _server.Cancelled.Task.WaitAsync(Soon);
    }

    [Fact]
    public async Task Disposing_a_stream_ends_it_on_the_server()
    {
        var call = _client.Repeat(new Word { Text = "wait", Times = 1 });
        (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeTrue();
        await _server.Waiting.Task.WaitAsync(Soon);

        call.Dispose();

        await _server.Cancelled.Task.WaitAsync(Soon);
    }

    [Fact]
    public void Metadata_refuses_what_http_could_not_carry()
    {
        Should.Throw<ArgumentException>(() => new Metadata { { "two words", "x" } });
        Should.Throw<ArgumentException>(() => new Metadata { { "text-bin", "x" } });
        Should.Throw<ArgumentException>(() => new Metadata { { "text", new byte[1] } });
        Should.Throw<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
    }
}

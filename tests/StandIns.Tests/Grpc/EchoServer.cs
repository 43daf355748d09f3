using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StandIns.Tests.Grpc;

/// <summary>The real gRPC server on a real HTTP/2 port without TLS.</summary>
internal sealed class EchoServer : Echo.EchoBase, IAsyncDisposable
{
    public const string NameTrailer = "server";
    private readonly WebApplication _app;
    private readonly string _name;
    private int _failures;

    private EchoServer(string name, Interceptor? interceptor)
    {
        _name = name;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(this);
        builder.Services.AddGrpc(options =>
        {
            options.ResponseCompressionAlgorithm = "gzip";
            if (interceptor is not null)
                options.Interceptors.Add(interceptor.GetType());
        });
        if (interceptor is not null)
            builder.Services.AddSingleton(interceptor.GetType(), interceptor);
        _app = builder.Build();
        _app.MapGrpcService<EchoServer>();
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The server's side of the last call: its headers, and a task that ends when the call was cancelled there.</summary>
    public Metadata LastHeaders { get; private set; } = Metadata.Empty;

    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<EchoServer> StartAsync(string name = "one", Interceptor? interceptor = null)
    {
        var server = new EchoServer(name, interceptor);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public void FailNext(int times) => _failures = times;

    public override async Task<Word> Say(Word request, ServerCallContext context)
    {
        LastHeaders = context.RequestHeaders;
        context.ResponseTrailers.Add(NameTrailer, _name);
        if (Interlocked.Decrement(ref _failures) >= 0)
            throw new RpcException(new Status(StatusCode.Unavailable, "try again"));
        if (request.Text == "unknown")
            throw new RpcException(new Status(StatusCode.NotFound, "no such word"), new Metadata { { "reason-bin", [1, 2, 255] } });
        if (request.Text == "wait")
            await WaitAsync(context.CancellationToken);
        return request;
    }

    public override async Task Repeat(Word request, IServerStreamWriter<Word> responseStream, ServerCallContext context)
    {
        for (var i = 1; i <= request.Times; i++)
            await responseStream.WriteAsync(new Word { Text = request.Text, Times = i }, context.CancellationToken);
        if (request.Text == "wait")
            await WaitAsync(context.CancellationToken);
    }

    public override async Task<Word> Join(IAsyncStreamReader<Word> requestStream, ServerCallContext context)
    {
        var words = new List<string>();
        await foreach (var word in requestStream.ReadAllAsync(context.CancellationToken))
            words.Add(word.Text);
        return new Word { Text = string.Join(' ', words), Times = words.Count };
    }

    public override async Task Chat(
        IAsyncStreamReader<Word> requestStream, IServerStreamWriter<Word> responseStream, ServerCallContext context)
    {
        await foreach (var word in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new Word { Text = word.Text.ToUpperInvariant() }, context.CancellationToken);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Cancelled.TrySetResult());
        Waiting.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}

using Grpc.Core;
using SmartCity.ServiceDefaults.Tests.Contracts;

namespace SmartCity.ServiceDefaults.Tests;

/// <summary>Tells what it saw of a call; on some words it does what a service in trouble does.</summary>
/// <param name="calls">How many calls there were.</param>
internal sealed class EchoService(EchoService.Count calls) : Echo.EchoBase
{
    public override async Task<Heard> Say(Words request, ServerCallContext context)
    {
        var call = calls.Next();
        if (request.Text == "hang") await Task.Delay(Timeout.Infinite, context.CancellationToken);
        if (request.Text == "refuse") throw Refusal.NotFound("nobody_known").ToRpcException();
        if (request.Text == "stumble" && call == 1) throw new RpcException(new Status(StatusCode.Unavailable, "Not this time."));
        return new Heard
        {
            Text = request.Text,
            Caller = context.GetHttpContext().User.FindFirst(CityClaims.Subject)?.Value ?? "",
            SecondsLeft = (context.Deadline - TimeProvider.System.GetUtcNow().UtcDateTime).TotalSeconds,
        };
    }

    internal sealed class Count
    {
        private int calls;

        public int Value => calls;

        public int Next() => Interlocked.Increment(ref calls);
    }
}

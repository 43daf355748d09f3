using System.Collections.Concurrent;
using System.Globalization;
using SmartCity.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace SmartCity.Gateway.Limits;

/// <summary>The gates of all services.</summary>
internal sealed class ServiceGates(PolicyBook policy)
{
    private readonly ConcurrentDictionary<string, ServiceGate> gates = new();

    public IEnumerable<KeyValuePair<string, ServiceGate>> All => gates;

    public ServiceGate Of(string service)
    {
        var bounds = policy.InForce.Services.GetValueOrDefault(service) ?? new ServicePolicy();
        var gate = gates.GetOrAdd(service, static (_, bounds) => new ServiceGate(bounds), bounds);
        if (!ReferenceEquals(gate.Bounds, bounds)) gate.Bounds = bounds;
        return gate;
    }
}

/// <summary>Lets requests through the gate of their service. A place is held until the service answers, not until a slow caller has read the answer.</summary>
internal sealed class ServiceLimits(RequestDelegate next, ServiceGates gates, PolicyBook policy)
{
    /// <summary>Bodies up to this size arrive as a whole before a place is taken, so that nobody holds one by sending slowly.</summary>
    private const int SmallBody = 64 * 1024;

    /// <summary>Before anything that costs: when the service is full for this class, the answer is already known.</summary>
    public static void UseEarly(WebApplication app)
    {
        var gates = app.Services.GetRequiredService<ServiceGates>();
        app.Use((context, next) =>
        {
            if (Passage.Of(context) is not { Rule.Lasts: false } passage || gates.Of(passage.Rule.Service) is not { } gate || !gate.IsFullFor(passage.Rule.Class)) return next(context);
            gate.TurnedAway();
            return RefuseAsync(context, passage);
        });
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (Passage.Of(context) is not { } passage)
        {
            await next(context);
            return;
        }

        var gate = gates.Of(passage.Rule.Service);
        if (passage.Rule.Lasts)
        {
            await LastAsync(context, passage, gate);
            return;
        }

        await ArriveAsync(context.Request, context.RequestAborted);
        if (await gate.EnterAsync(passage.Rule.Class, context.RequestAborted) is not { } place)
        {
            await RefuseAsync(context, passage);
            return;
        }

        GatewayMetrics.Waited(passage, TimeProvider.System.GetElapsedTime(passage.ArrivedAt));
        context.Response.OnStarting(() =>
        {
            place.Leave(passage.Name, Learnt(context));
            return Task.CompletedTask;
        });
        try
        {
            await next(context);
        }
        finally
        {
            place.Leave(passage.Name, Learnt(context));
        }
    }

    private async Task LastAsync(HttpContext context, Passage passage, ServiceGate gate)
    {
        if (!gate.EnterLasting(policy.InForce.Services.GetValueOrDefault(passage.Rule.Service)?.MostStreams ?? 0))
        {
            await RefuseAsync(context, passage);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            gate.LeaveLasting();
        }
    }

    private static async Task ArriveAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength is 0 or > SmallBody || (request.ContentLength is null && !request.Headers.ContainsKey("Transfer-Encoding") && request.Protocol != "HTTP/2")) return;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellation);
            // Nothing is taken out: the forwarder reads it again.
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted || read.Buffer.Length >= SmallBody) return;
        }
    }

    private static ServiceGate.Experience Learnt(HttpContext context)
    {
        var failure = context.Features.Get<IForwarderErrorFeature>()?.Error;
        if (Passage.IsLate(context)) return ServiceGate.Experience.Failed;
        if (failure is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient)
            return ServiceGate.Experience.None;
        return failure is not null || context.Response.StatusCode is StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout
            ? ServiceGate.Experience.Failed
            : ServiceGate.Experience.Answered;
    }

    private static Task RefuseAsync(HttpContext context, Passage passage)
    {
        passage.Outcome = "service_full";
        // The less vital, the later, and not all at the same moment.
        var wait = 1 + Random.Shared.Next(0, 2 + (3 * (int)passage.Rule.Class));
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        return Refusal.Unavailable("service_full").ExecuteAsync(context);
    }
}

using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace SmartCity.Gateway;

/// <summary>
/// A read that one replica could not answer is asked of another, once, before the caller hears anything. At most a tenth of a service's requests may be such
/// second attempts, so that a service in trouble is not asked twice as much.
/// </summary>
internal static class RetryElsewhere
{
    private const double PerRequest = 0.1;
    private const double MostSaved = 10;

    public static void Use(IReverseProxyApplicationBuilder app)
    {
        var budgets = new System.Collections.Concurrent.ConcurrentDictionary<string, Budget>();
        app.Use(async (context, next) =>
        {
            var proxy = context.GetReverseProxyFeature();
            var budget = budgets.GetOrAdd(proxy.Cluster.Config.ClusterId, static _ => new Budget());
            var all = proxy.AvailableDestinations;
            if (!MayRepeat(context.Request) || all.Count < 2)
            {
                await next(context);
                return;
            }

            budget.Earn();
            var attempt = new Attempt(budget);
            context.Features.Set(attempt);
            await next(context);
            var unreached = context.GetForwarderErrorFeature()?.Error is ForwarderError.Request;
            if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
            if (!attempt.Withheld && !(unreached && budget.Spend())) return;

            var failed = proxy.ProxiedDestination;
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Features.Set<Attempt>(null);
            context.Response.StatusCode = StatusCodes.Status200OK;
            foreach (var name in attempt.Written) context.Response.Headers.Remove(name);
            proxy.AvailableDestinations = [.. all.Where(destination => destination != failed)];
            proxy.ProxiedDestination = null;
            GatewayMetrics.Retried(proxy.Cluster.Config.ClusterId);
            await next(context);
        });
    }

    /// <summary>An answer that says "not here, not now" is kept from the caller while another replica can be asked.</summary>
    public static void AddTransforms(TransformBuilderContext builder) => builder.AddResponseTransform(transform =>
    {
        if (transform.ProxyResponse is not { } answer || transform.HttpContext.Features.Get<Attempt>() is not { } attempt) return default;
        if ((int)answer.StatusCode is not (StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable) || !attempt.Budget.Spend()) return default;

        attempt.Withheld = true;
        attempt.Written = [.. answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key)];
        transform.SuppressResponseBody = true;
        return default;
    });

    private static bool MayRepeat(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && request.ContentLength is null or 0 && !request.Headers.ContainsKey("Transfer-Encoding")
        && !request.HttpContext.WebSockets.IsWebSocketRequest;

    private sealed class Attempt(Budget budget)
    {
        public Budget Budget => budget;

        public bool Withheld { get; set; }

        public IReadOnlyList<string> Written { get; set; } = [];
    }

    private sealed class Budget
    {
        private readonly Lock gate = new();
        private double saved = MostSaved;

        public void Earn()
        {
            lock (gate) saved = Math.Min(MostSaved, saved + PerRequest);
        }

        public bool Spend()
        {
            lock (gate)
            {
                if (saved < 1) return false;
                saved--;
                return true;
            }
        }
    }
}

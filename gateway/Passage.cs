using System.Globalization;
using Microsoft.AspNetCore.Http.Timeouts;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace SmartCity.Gateway;

/// <summary>What is known of a request once it is routed: by which rule it goes, and when its time is up.</summary>
internal sealed class Passage(string name, Rule rule)
{
    /// <summary>Tells the service how many milliseconds are left; when they are over, the request is cancelled there too.</summary>
    public const string TimeLeft = "Request-Timeout-Ms";

    public string Name => name;

    public Rule Rule => rule;

    public long ArrivedAt { get; } = TimeProvider.System.GetTimestamp();

    /// <summary>What became of it, for the access log and the metrics.</summary>
    public string Outcome { get; set; } = "forwarded";

    public TimeSpan Remaining => rule.Deadline - TimeProvider.System.GetElapsedTime(ArrivedAt);

    /// <summary>The passage of this request; null for the gateway's own pages.</summary>
    public static Passage? Of(HttpContext context) => context.Features.Get<Passage>();

    /// <summary>Finds the rule of the route that matched. Comes after routing and before everything that asks for it.</summary>
    public static void Use(WebApplication app)
    {
        var policy = app.Services.GetRequiredService<PolicyBook>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>() is { } route && policy.InForce.Rules.GetValueOrDefault(route.Config.RouteId) is { } rule)
                context.Features.Set(new Passage(route.Config.RouteId, rule));
            return next(context);
        });
    }

    /// <summary>The forwarder cannot tell a caller who went away from one whose time is up.</summary>
    public static void AnswerWhenLate(IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        await next(context);
        if (!context.Response.HasStarted && IsLate(context)) context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
    });

    public static bool IsLate(HttpContext context) => context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true;

    public static void AddTransforms(TransformBuilderContext builder) => builder.AddRequestTransform(transform =>
    {
        // Whatever the caller wrote there: only the gateway knows when it stops waiting.
        transform.ProxyRequest.Headers.Remove(TimeLeft);
        if (Of(transform.HttpContext) is { Rule.Stream: false } passage)
            transform.ProxyRequest.Headers.TryAddWithoutValidation(TimeLeft, Math.Max(1, (long)passage.Remaining.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        return default;
    });
}

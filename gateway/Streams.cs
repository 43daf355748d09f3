using Microsoft.AspNetCore.Http.Timeouts;

namespace SmartCity.Gateway;

/// <summary>
/// Paths that end with <c>/stream</c> are server-sent events: they last as long as somebody watches, so no time limit ends them and no cache waits for their end.
/// Whoever falls silent for longer than a request may take is cut off all the same.
/// </summary>
internal static class Streams
{
    public static bool IsStream(HttpRequest request) => request.Path.Value?.EndsWith("/stream", StringComparison.Ordinal) == true;

    public static void UseStreams(this WebApplication app) => app.Use((context, next) =>
    {
        if (IsStream(context.Request)) context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        return next(context);
    });
}

using SmartCity.ServiceDefaults;
using ZLogger;

namespace SmartCity.Gateway;

/// <summary>One line for each request: by which rule it went and what came of it. Neither the address nor the account nor the path, which may hold names of things that are somebody's.</summary>
internal sealed partial class AccessLog(RequestDelegate next, ILogger<AccessLog> logger)
{
    private const int MostWaiting = 10_000;

    /// <summary>
    /// Lines are written many at once: .NET's own console wakes a thread for each, which costs a busy gateway as much as all its limits. Where nobody takes them off,
    /// lines are lost and not requests.
    /// </summary>
    public static void Add(WebApplicationBuilder builder) => builder.Logging.ClearProviders().AddZLoggerConsole(options =>
    {
        (options.BackgroundBufferCapacity, options.FullMode) = (MostWaiting, BackgroundBufferFullMode.Drop);
        options.UsePlainTextFormatter(line => line.SetPrefixFormatter($"{0:short}: {1} ", (in MessageTemplate prefix, in LogInfo info) => prefix.Format(info.LogLevel, info.Category)));
    });

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (Passage.Of(context) is { } passage)
            {
                GatewayMetrics.Ended(passage);
                if (logger.IsEnabled(LogLevel.Information))
                {
                    RequestEnded(
                        Method(context.Request.Method), passage.Name, context.Response.StatusCode, passage.Outcome,
                        TimeProvider.System.GetElapsedTime(passage.ArrivedAt).TotalMilliseconds, context.User.FindFirst(CityClaims.Subject) is null ? "address" : "account");
                }
            }
        }
    }

    /// <summary>A method is any word that the caller likes.</summary>
    private static string Method(string method) => method.Length <= 7 && method.All(char.IsAsciiLetterUpper) ? method : "other";

    [LoggerMessage(LogLevel.Information, "{Method} by {Rule} was answered {Status} ({Outcome}) after {Milliseconds:F1} ms, caller known by {Caller}")]
    private partial void RequestEnded(string method, string rule, int status, string outcome, double milliseconds, string caller);
}

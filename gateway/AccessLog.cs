using SmartCity.ServiceDefaults;

namespace SmartCity.Gateway;

/// <summary>One line for each request: by which rule it went and what came of it. Neither the address nor the account nor the path, which may hold names of things that are somebody's.</summary>
internal sealed partial class AccessLog(RequestDelegate next, ILogger<AccessLog> logger)
{
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

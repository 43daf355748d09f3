using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A rule that gave no answer is never taken for "green": the caller hears that nothing can be decided, and the service's health tells who mends it.</summary>
internal sealed partial class FailClosed(FailedRules failed, ILogger<FailClosed> logger) : IEndpointFilter
{
    public static Refusal PolicyFailed { get; } = Refusal.Unavailable("policy_failed");

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RuleFailedException fault)
        {
            failed.Note(fault);
            RuleFailed(fault);
            return PolicyFailed;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A code could not be decided, because a rule failed")]
    private partial void RuleFailed(Exception fault);
}

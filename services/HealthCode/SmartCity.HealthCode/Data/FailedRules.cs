using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Data;

/// <summary>Remembers that a rule failed lately, for whoever watches the service's health. Each replica knows of its own.</summary>
internal sealed class FailedRules(TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private (string Message, DateTimeOffset At)? last;

    public void Note(RuleFailedException fault) => last = (fault.Message, clock.GetUtcNow());

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(last is { } failure && clock.GetUtcNow() - failure.At < Memory
            ? HealthCheckResult.Degraded(failure.Message)
            : HealthCheckResult.Healthy());
}

using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.Gateway.Limits;

namespace SmartCity.Gateway;

/// <summary>What devops should know; none of it makes the gateway less ready.</summary>
internal static class GatewayHealth
{
    private const double LongSaturated = 10;

    public static void AddGatewayHealth(this WebApplicationBuilder builder) => builder.Services.AddHealthChecks()
        .AddCheck<PolicyCheck>("gateway-policy")
        .AddCheck<LimitsCheck>("limits")
        .AddCheck<SaturationCheck>("saturation");

    private sealed class PolicyCheck(PolicyBook policy) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(policy.Refusal is { } refusal ? HealthCheckResult.Degraded($"the changed policy was refused: {refusal}") : HealthCheckResult.Healthy());
    }

    private sealed class LimitsCheck(IEnumerable<SharedLimits> shared) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(shared.All(one => one.Connected) ? HealthCheckResult.Healthy($"{shared.Sum(one => one.Others)} other gateways") : HealthCheckResult.Degraded("limits are not shared"));
    }

    private sealed class SaturationCheck(ServiceGates gates) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var full = gates.All.Where(gate => gate.Value.SaturatedFor > LongSaturated).Select(gate => $"{gate.Key} for {gate.Value.SaturatedFor:F0} s").ToArray();
            return Task.FromResult(full.Length > 0 ? HealthCheckResult.Degraded($"turning callers away: {string.Join(", ", full)}") : HealthCheckResult.Healthy());
        }
    }
}

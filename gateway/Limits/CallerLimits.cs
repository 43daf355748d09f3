using System.Globalization;
using SmartCity.ServiceDefaults;

namespace SmartCity.Gateway.Limits;

/// <summary>
/// Holds each caller to the policy's quotas: by account where the token is good, else by address. Every answer says what is left
/// (draft-ietf-httpapi-ratelimit-headers), a refusal also when to come back.
/// </summary>
internal sealed class CallerLimits(RequestDelegate next, PolicyBook policy, Buckets buckets)
{
    private static readonly ulong Everybody = Buckets.CallerOf("everybody");

    public Task InvokeAsync(HttpContext context)
    {
        var (inForce, passage) = (policy.InForce, Passage.Of(context));
        var account = context.User.FindFirst(CityClaims.Subject)?.Value;
        var caller = Buckets.CallerOf(account ?? $"address {context.Connection.RemoteIpAddress}");
        var answer = new Answer(context);

        var enough = Take(account is null ? Policy.AddressQuota : Policy.AccountQuota, caller, passage?.Rule.Cost ?? 1);
        if (enough && passage?.Rule.Quota is { } own) enough = Take(own, caller, 1);
        if (enough) answer.Tell();
        // What everybody shares says nothing about the caller, so it is not among the caller's limits.
        if (enough && passage?.Rule.Entrance is { } entrance && inForce.Quotas.TryGetValue(entrance, out var shared) && buckets.Take(entrance, shared, Everybody, 1) is { Enough: false } full)
            return RefuseAsync(new Refusal("entrance_full", StatusCodes.Status503ServiceUnavailable), full.Wait);
        if (enough) return next(context);

        answer.Tell();
        return RefuseAsync(new Refusal("too_many_requests", StatusCodes.Status429TooManyRequests), answer.Wait);

        bool Take(string name, ulong who, int cost) => !inForce.Quotas.TryGetValue(name, out var quota) || answer.Add(name, quota, buckets.Take(name, quota, who, cost));

        Task RefuseAsync(Refusal refusal, double wait)
        {
            passage?.Outcome = refusal.Code;
            // Not all at the same moment: who is told the same comes back together.
            var spread = refusal.Code == "entrance_full" ? Random.Shared.Next(0, 5) : 0;
            context.Response.Headers.RetryAfter = (Math.Ceiling(Math.Max(1, wait)) + spread).ToString(CultureInfo.InvariantCulture);
            return refusal.ExecuteAsync(context);
        }
    }

    /// <summary>The two headers, as structured fields (RFC 9651): one member for each quota that was asked.</summary>
    private sealed class Answer(HttpContext context)
    {
        private string? policies;
        private string? limits;

        public double Wait { get; private set; }

        public bool Add(string name, Quota quota, Taken taken)
        {
            var before = policies is null ? "" : ", ";
            policies = string.Create(CultureInfo.InvariantCulture, $"{policies}{before}\"{name}\";q={quota.Burst};w={Math.Ceiling(quota.Burst / quota.PerSecond):F0}");
            limits = string.Create(CultureInfo.InvariantCulture, $"{limits}{before}\"{name}\";r={taken.Left};t={Math.Ceiling(taken.FullIn):F0}");
            Wait = taken.Wait;
            return taken.Enough;
        }

        public void Tell()
        {
            context.Response.Headers["RateLimit-Policy"] = policies;
            context.Response.Headers["RateLimit"] = limits;
        }
    }
}

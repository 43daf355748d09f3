using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using SmartCity.ServiceDefaults;

namespace SmartCity.Gateway;

/// <summary>How much one caller may ask for: a token bucket per account, or per address for callers without a token.</summary>
internal sealed class CallerLimitOptions
{
    [Range(1, 100_000)]
    public int RequestsPerSecond { get; init; } = 20;

    [Range(1, 100_000)]
    public int Burst { get; init; } = 60;

    /// <summary>Many people may share an address (a school, a mobile network).</summary>
    [Range(1, 100_000)]
    public int RequestsPerSecondPerAddress { get; init; } = 200;

    [Range(1, 100_000)]
    public int BurstPerAddress { get; init; } = 600;
}

/// <inheritdoc cref="CallerLimitOptions"/>
internal static class CallerLimits
{
    public static void AddCallerLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CallerLimitOptions>().BindConfiguration("CallerLimits").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<CallerLimitOptions>>((limiter, options) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Bucket(context, options.Value));
            limiter.OnRejected = (rejected, _) =>
            {
                if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
                {
                    rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                }

                return new ValueTask(new Refusal("too_many_requests", StatusCodes.Status429TooManyRequests).ExecuteAsync(rejected.HttpContext));
            };
        });
    }

    private static RateLimitPartition<string> Bucket(HttpContext context, CallerLimitOptions limits)
    {
        var account = context.User.FindFirst(CityClaims.Subject)?.Value;
        return RateLimitPartition.GetTokenBucketLimiter(account ?? $"address {context.Connection.RemoteIpAddress}", _ => new TokenBucketRateLimiterOptions
        {
            TokensPerPeriod = account is null ? limits.RequestsPerSecondPerAddress : limits.RequestsPerSecond,
            TokenLimit = account is null ? limits.BurstPerAddress : limits.Burst,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }
}

using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// Records every trace of an ordinary day, and of a crowd so many a second: spans of all would cost as much as the requests themselves. Whoever comes later in a trace
/// does as its beginning did, so that none is recorded in parts. All requests have a trace id and are counted.
/// </summary>
/// <param name="perSecond">Traces that may begin here in one second.</param>
public sealed class TraceBudget(int perSecond) : Sampler
{
    private long second;
    private int begun;

    /// <summary>The sampler that <c>Traces:PerSecond</c> (default 100) asks for.</summary>
    /// <param name="configuration">The service's settings.</param>
    /// <param name="trustsCallers">Whether a caller's word that a trace is recorded is taken. Not where callers are strangers.</param>
    public static Sampler From(IConfiguration configuration, bool trustsCallers = true)
    {
        var budget = new TraceBudget(configuration.GetValue("Traces:PerSecond", 100));
        return trustsCallers ? new ParentBasedSampler(budget) : new ParentBasedSampler(budget, remoteParentSampled: budget, remoteParentNotSampled: budget);
    }

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var now = Environment.TickCount64 / 1000;
        // Two that begin a second at once may both count from zero: a few more are no harm, a lock here would be.
        if (Interlocked.Exchange(ref second, now) != now) Volatile.Write(ref begun, 0);
        return new SamplingResult(Interlocked.Increment(ref begun) <= perSecond);
    }
}

namespace SmartCity.Gateway.Limits;

/// <summary>
/// Finds how many requests a service bears at once, from how long it takes: while it takes hardly longer than when it has little to do, the limit may grow; when it takes
/// longer, requests are waiting inside it, and the limit shrinks by as much (the gradient of Netflix's concurrency-limits). Each rule is compared with itself, because a
/// long list is no sign of a queue. Where a service has not been seen with little to do for a while, the limit is halved for a moment in order to look; and again soon,
/// when that taught something.
/// </summary>
/// <remarks>Pure: time is given, in seconds. Not safe for several threads; <see cref="ServiceGate"/> keeps it.</remarks>
internal sealed class AdaptiveLimit
{
    /// <summary>How much longer than at rest a service may take. Less, and mere chance lowers the limit; more, and everybody waits.</summary>
    private const double Tolerance = 1.25;

    private const int FewestSamples = 20;
    private const double ShortestWindow = 0.05;
    private const double LongestWindow = 1;
    private const double ProbeEvery = 10;
    private const double ProbeSoon = 1;
    private const int ProbeSamples = 10;
    private const double LongestProbe = 0.5;

    private readonly Dictionary<string, Rest> rests = [];
    private double limit;
    private double windowEnds;
    private double windowBegan;
    private double took;
    private double expected;
    private int samples;
    private int failures;
    private int most;
    private double probeAt = ProbeSoon;
    private double probeUntil;
    private int probed;

    public AdaptiveLimit(ServicePolicy bounds) => (Bounds, limit) = (bounds, bounds.StartAtOnce);

    public ServicePolicy Bounds { get; set; }

    /// <summary>How long what was lately asked for takes at rest, in seconds; 0 before anything is known.</summary>
    public double TypicalSeconds { get; private set; }

    /// <summary>How many may be inside at once.</summary>
    public int Now(double now) => Math.Max(1, (int)(now < probeUntil ? Math.Max(limit / 2, Bounds.LeastAtOnce) : limit));

    /// <summary>An answer came.</summary>
    /// <param name="rule">By which rule the request went.</param>
    /// <param name="seconds">From its entry to the answer's headers.</param>
    /// <param name="inside">How many were inside when it entered, itself included.</param>
    /// <param name="now">The time.</param>
    public void Answered(string rule, double seconds, int inside, double now)
    {
        if (!rests.TryGetValue(rule, out var rest)) rests[rule] = rest = new Rest();
        var atRest = inside <= Math.Max(Bounds.LeastAtOnce, limit / 2);
        if (atRest || rest.Samples == 0)
        {
            rest.Learn(seconds);
            if (now < probeUntil && ++probed >= ProbeSamples) probeUntil = now;
            else if (now >= probeUntil) probeAt = Math.Max(probeAt, now + ProbeSoon);
        }

        rest.Note(seconds);
        took += seconds;
        expected += rest.Seconds;
        samples++;
        most = Math.Max(most, inside);
        Adjust(now);
    }

    /// <summary>The service could not be reached, was overloaded or did not answer in time.</summary>
    public void Failed(double now)
    {
        failures++;
        Adjust(now);
    }

    private void Adjust(double now)
    {
        if (samples + failures < FewestSamples && now < windowEnds) return;
        if (now - windowBegan < ShortestWindow) return;

        // Nothing is faster when there is much to do: whatever was learnt at rest before was wrong, as it is while a service still warms up.
        var learnt = false;
        foreach (var rest in rests.Values) learnt |= rest.Lower();
        if (learnt) probeAt = Math.Min(probeAt, now + ProbeSoon);

        // While it is probed, the service is compared with nothing.
        if (now >= probeUntil)
        {
            if (failures * 10 > samples + failures) limit *= 0.8;
            else if (samples > 0 && took > expected * Tolerance) limit *= Math.Max(0.7, expected * Tolerance / took);
            else if (most >= limit * 0.8) limit += Math.Max(1, Math.Sqrt(limit) / 2);
            limit = Math.Clamp(limit, Bounds.LeastAtOnce, Bounds.MostAtOnce);
            if (now > probeAt) (probed, probeUntil, probeAt) = (0, now + LongestProbe, now + ProbeEvery);
        }

        if (samples > 0) TypicalSeconds = expected / samples;
        (took, expected, samples, failures, most) = (0, 0, 0, 0, 0);
        (windowBegan, windowEnds) = (now, now + LongestWindow);
    }

    /// <summary>How long the service takes for a rule when it has little to do: a mean that moves.</summary>
    private sealed class Rest
    {
        private const double Slowest = 0.02;
        private const int FewestToLower = 10;

        private double sum;
        private int count;

        public double Seconds { get; private set; }

        public int Samples { get; private set; }

        public void Learn(double seconds)
        {
            Samples++;
            Seconds += (seconds - Seconds) * Math.Max(Slowest, 1.0 / Samples);
        }

        public void Note(double seconds)
        {
            sum += seconds;
            count++;
        }

        /// <summary>At the end of a window. True when that was faster by more than chance.</summary>
        public bool Lower()
        {
            var (mean, enough) = (count == 0 ? Seconds : sum / count, count >= FewestToLower);
            if (enough || count == 0) (sum, count) = (0, 0);
            if (!enough || mean >= Seconds) return false;
            var much = mean < Seconds * 0.9;
            Seconds = mean;
            return much;
        }
    }
}

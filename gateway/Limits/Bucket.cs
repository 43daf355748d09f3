namespace SmartCity.Gateway.Limits;

/// <summary>
/// One caller's tokens, kept as what was used and is not yet forgotten: so a bucket that nobody knows of is a full one, and a quota that changes holds at once.
/// Other gateways' use is added when they tell of it and may put a caller in debt, so that over time nobody gets more than the quota.
/// </summary>
internal sealed class Bucket
{
    private readonly Lock gate = new();
    private double used;
    private double at;
    private double sinceNews;
    private long news;

    /// <summary>Used here and not told to the others yet.</summary>
    private int untold;

    /// <summary>
    /// Takes tokens, if there are enough. Between two pieces of news from the others, <paramref name="share"/> of what is left may be spent here:
    /// with two gateways and a share of 0.6 the caller gets 1.2 times the quota at most. One request always may.
    /// </summary>
    /// <param name="quota">What holds for the caller now.</param>
    /// <param name="cost">Tokens.</param>
    /// <param name="now">Seconds on any clock that only goes forward.</param>
    /// <param name="share">Above 0, at most 1.</param>
    /// <param name="latestNews">A number that grows whenever all others have told.</param>
    /// <param name="shared">Whether others are to be told.</param>
    public Taken Take(Quota quota, int cost, double now, double share, long latestNews, bool shared)
    {
        lock (gate)
        {
            Forget(quota, now);
            if (news != latestNews) (news, sinceNews) = (latestNews, 0);

            var left = quota.Burst - used;
            var mine = (share * (left + sinceNews)) - sinceNews;
            var enough = cost <= left && (cost <= mine || sinceNews == 0);
            var first = shared && enough && untold == 0;
            if (enough)
            {
                used += cost;
                sinceNews += cost;
                if (shared) untold += cost;
                left -= cost;
            }

            var wait = enough ? 0 : Math.Max((cost - left) / quota.PerSecond, 0);
            return new Taken(enough, Math.Max(0, (int)left), (quota.Burst - left) / quota.PerSecond, wait, first);
        }
    }

    /// <summary>What other gateways gave this caller. Debt is bounded by one burst.</summary>
    public void TakenElsewhere(Quota quota, int tokens, double now)
    {
        lock (gate)
        {
            Forget(quota, now);
            used = Math.Min(used + tokens, 2.0 * quota.Burst);
        }
    }

    /// <summary>What the others are to be told; zero once it was asked for.</summary>
    public int Untold()
    {
        lock (gate)
        {
            var told = untold;
            untold = 0;
            return told;
        }
    }

    /// <summary>Whether it is as good as new.</summary>
    public bool IsFull(Quota quota, double now)
    {
        lock (gate)
        {
            Forget(quota, now);
            return used <= 0 && untold == 0;
        }
    }

    private void Forget(Quota quota, double now)
    {
        used = Math.Max(0, used - ((now - at) * quota.PerSecond));
        at = now;
    }
}

/// <summary>An answer of a bucket.</summary>
/// <param name="Enough">Whether the request may go on.</param>
/// <param name="Left">Whole tokens that are left.</param>
/// <param name="FullIn">Seconds until the bucket is full again.</param>
/// <param name="Wait">Seconds until there will be enough.</param>
/// <param name="First">The first use since the others were told: they must hear of this bucket.</param>
internal readonly record struct Taken(bool Enough, int Left, double FullIn, double Wait, bool First);

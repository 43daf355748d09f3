namespace SmartCity.Gateway.Limits;

/// <summary>
/// The gate before one service: as many inside as it bears, a short queue, the most vital first. Who finds the queue full takes the place of somebody less vital who
/// waits there, or is turned away at once.
/// </summary>
internal sealed class ServiceGate(ServicePolicy bounds)
{
    private static readonly long Start = TimeProvider.System.GetTimestamp();

    private readonly Lock gate = new();
    private readonly AdaptiveLimit limit = new(bounds);
    private readonly LinkedList<Waiter>[] queues = [.. Enum.GetValues<CallClass>().Select(_ => new LinkedList<Waiter>())];
    private int inside;
    private int waiting;
    private int lasting;
    private double turnedAwayAt = double.NegativeInfinity;
    private double turningAwaySince = double.NegativeInfinity;

    /// <summary>
    /// While people are turned away all the time, who has waited longer than this part of what the service takes gives way to whoever waits behind: late answers help nobody,
    /// and the place is filled all the same. The vital wait, and a queue that comes and goes is waited out.
    /// </summary>
    private const double Patience = 0.75;

    private static double Now => TimeProvider.System.GetElapsedTime(Start).TotalSeconds;

    public int Inside => inside;

    public int Waiting => waiting;

    public int Lasting => lasting;

    public int Limit => limit.Now(Now);

    /// <summary>A queue of half the limit is passed in half the time that a request takes at the limit: a longer one would only make everybody late.</summary>
    private int MostWaiting => Math.Max(4, Limit / 2);

    /// <summary>For how many seconds somebody has been turned away again and again.</summary>
    public double SaturatedFor
    {
        get
        {
            var now = Now;
            return now - turnedAwayAt < 1 ? now - turningAwaySince : 0;
        }
    }

    /// <summary>The policy's bounds, which change when it is read again.</summary>
    public ServicePolicy Bounds
    {
        get => limit.Bounds;
        set
        {
            lock (gate) limit.Bounds = value;
        }
    }

    /// <summary>Whether somebody of the class would be turned away now. Cheap and without a promise.</summary>
    public bool IsFullFor(CallClass callClass) => inside >= Limit && waiting >= MostWaiting && !LessVitalWaits(callClass);

    /// <summary>Waits for a place. Null: turned away.</summary>
    public async ValueTask<Place?> EnterAsync(CallClass callClass, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (gate)
        {
            if (inside < Limit && waiting == 0) return new Place(this, ++inside, Now);
            if (waiting >= MostWaiting && !TurnAwayLessVital(callClass))
            {
                TurnedAway();
                return null;
            }

            waiter = new Waiter();
            waiter.At = queues[(int)callClass].AddLast(waiter);
            waiting++;
            // A place may be free although somebody waits: the limit has grown.
            Admit();
        }

        await using var left = cancellation.UnsafeRegister(static (state, token) => ((Waiter)state!).Cancel(token), waiter);
        try
        {
            return await waiter.Task;
        }
        catch (OperationCanceledException)
        {
            lock (gate) Remove(waiter);
            throw;
        }
    }

    /// <summary>A place among those that last; false when there is none.</summary>
    public bool EnterLasting(int most)
    {
        if (Interlocked.Increment(ref lasting) <= most) return true;
        Interlocked.Decrement(ref lasting);
        return false;
    }

    public void LeaveLasting() => Interlocked.Decrement(ref lasting);

    /// <summary>Notes that somebody was turned away, here or before the gate.</summary>
    public void TurnedAway()
    {
        var now = Now;
        if (now - turnedAwayAt > 1) turningAwaySince = now;
        turnedAwayAt = now;
    }

    private void Leave(string rule, double enteredAt, int insideThen, Experience experience)
    {
        lock (gate)
        {
            inside--;
            var now = Now;
            if (experience == Experience.Answered) limit.Answered(rule, now - enteredAt, insideThen, now);
            else if (experience == Experience.Failed) limit.Failed(now);
            Admit();
        }
    }

    private void Admit()
    {
        var most = Limit;
        foreach (var queue in queues)
        {
            while (inside < most && queue.First is { } first)
            {
                Remove(first.Value);
                if (queue != queues[(int)CallClass.Vital] && waiting > 0 && SaturatedFor > 1 && limit.TypicalSeconds > 0 && Now - first.Value.Since > limit.TypicalSeconds * Patience)
                {
                    // Not noted as turned away: that would keep alive what it ends with.
                    first.Value.TrySetResult(null);
                    continue;
                }

                if (first.Value.TrySetResult(new Place(this, inside + 1, Now))) inside++;
            }
        }
    }

    private bool LessVitalWaits(CallClass callClass)
    {
        for (var other = queues.Length - 1; other > (int)callClass; other--)
            if (queues[other].Count > 0) return true;
        return false;
    }

    private bool TurnAwayLessVital(CallClass callClass)
    {
        for (var other = queues.Length - 1; other > (int)callClass; other--)
        {
            if (queues[other].Last is not { } last) continue;
            Remove(last.Value);
            last.Value.TrySetResult(null);
            TurnedAway();
            return true;
        }

        return false;
    }

    private void Remove(Waiter waiter)
    {
        if (waiter.At is not { List: { } queue } at) return;
        queue.Remove(at);
        waiting--;
    }

    /// <summary>What leaving tells about the service.</summary>
    public enum Experience
    {
        /// <summary>Nothing: the caller went away, or its length is the caller's doing.</summary>
        None,
        Answered,
        Failed,
    }

    /// <summary>A place inside; given back once.</summary>
    public sealed class Place(ServiceGate gate, int inside, double enteredAt)
    {
        private int given;

        public void Leave(string rule, Experience experience)
        {
            if (Interlocked.Exchange(ref given, 1) == 0) gate.Leave(rule, enteredAt, inside, experience);
        }
    }

    private sealed class Waiter() : TaskCompletionSource<Place?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LinkedListNode<Waiter>? At { get; set; }

        public double Since { get; } = Now;

        public void Cancel(CancellationToken cancellation) => TrySetCanceled(cancellation);
    }
}

namespace SmartCity.GovernmentServices.Domain;

/// <summary>A booking that is open: waiting, held or booked.</summary>
internal sealed record OpenBooking(
    Guid Id, Guid AccountId, Guid ActorId, BookingChannel Channel, int Quantity, BookingState State, DateTimeOffset BookedAt, DateTimeOffset? HeldUntil,
    DateTimeOffset? EndedAt = null)
{
    /// <summary>Whether it takes something from the bookable.</summary>
    public bool Takes => State is BookingState.Held or BookingState.Booked;
}

/// <summary>Somebody asks for a place.</summary>
internal sealed record BookingAsk(Guid Id, Guid AccountId, Guid ActorId, BookingChannel Channel, int Quantity);

/// <summary>What the ledger answers.</summary>
internal enum LedgerAnswer
{
    /// <summary>It is as was asked, from now or from before.</summary>
    Done,
    Full,

    /// <summary>Neither booked nor changed any more.</summary>
    Closed,
    NotOpenYet,

    /// <summary>More than one person may take.</summary>
    TooMany,

    /// <summary>The person holds as many bookings of the service as they may: found when it is written.</summary>
    LimitReached,
    Unknown,

    /// <summary>A waiting list is for what is full.</summary>
    NotFull,
}

/// <summary>
/// What is open of one bookable, in memory, and what may come next. It decides; the changes it collects are written before anybody is told.
/// A channel takes from its own quota first, then from what is for all.
/// </summary>
internal sealed class Ledger
{
    private static readonly IComparer<OpenBooking> ByArrival = Comparer<OpenBooking>.Create((one, other) =>
        one.BookedAt.CompareTo(other.BookedAt) is var time and not 0 ? time : one.Id.CompareTo(other.Id));

    private static readonly IComparer<OpenBooking> ByExpiry = Comparer<OpenBooking>.Create((one, other) =>
        Nullable.Compare(one.HeldUntil, other.HeldUntil) is var time and not 0 ? time : one.Id.CompareTo(other.Id));

    private readonly Bookable bookable;
    private readonly Dictionary<Guid, OpenBooking> byPerson = [];
    private readonly SortedSet<OpenBooking>[] waiting = [.. Enum.GetValues<BookingChannel>().Select(_ => new SortedSet<OpenBooking>(ByArrival))];
    private readonly SortedSet<OpenBooking> held = new(ByExpiry);
    private readonly int[] takenBy = new int[Enum.GetValues<BookingChannel>().Length];
    private readonly Dictionary<Guid, OpenBooking> added = [];
    private readonly Dictionary<Guid, OpenBooking> changed = [];
    private DateTimeOffset lastArrival;

    public Ledger(Bookable bookable, IEnumerable<OpenBooking> open)
    {
        this.bookable = bookable;
        foreach (var booking in open) Put(booking);
        foreach (var channel in waiting)
            if (channel.Max is { } latest && latest.BookedAt > lastArrival) lastArrival = latest.BookedAt;
    }

    /// <summary>Units held or booked.</summary>
    public int Taken => takenBy.Sum();

    /// <summary>New since the last <see cref="Written"/>, as they stand now; one that has ended already is among them.</summary>
    public IReadOnlyCollection<OpenBooking> Added => added.Values;

    /// <summary>Known before and changed since.</summary>
    public IReadOnlyCollection<OpenBooking> Changed => changed.Values;

    /// <summary>When it has to look again by itself.</summary>
    public DateTimeOffset? NextExpiry => held.Min?.HeldUntil;

    /// <summary>How many people wait.</summary>
    public int Waiting => waiting.Sum(channel => channel.Count);

    public OpenBooking? Of(Guid account) => byPerson.GetValueOrDefault(account);

    /// <summary>Takes a place; asked again, finds the one that is there.</summary>
    public LedgerAnswer Book(BookingAsk ask, DateTimeOffset now)
    {
        if (Of(ask.AccountId) is { State: not BookingState.Waiting }) return LedgerAnswer.Done;
        if (bookable.IsClosed(now)) return LedgerAnswer.Closed;
        if (now < bookable.OpensAt) return LedgerAnswer.NotOpenYet;
        if (ask.Quantity > bookable.PerPerson) return LedgerAnswer.TooMany;
        // Who waits is served before who comes.
        if (!Fits(ask.Channel, ask.Quantity) || SomebodyWaitsBefore(ask)) return LedgerAnswer.Full;
        if (Of(ask.AccountId) is { } mine) Replace(mine, Taking(mine with { Channel = ask.Channel, Quantity = ask.Quantity }, now));
        else Add(Taking(new OpenBooking(ask.Id, ask.AccountId, ask.ActorId, ask.Channel, ask.Quantity, BookingState.Waiting, now, null), now));
        return LedgerAnswer.Done;
    }

    /// <summary>Puts the person on the waiting list.</summary>
    public LedgerAnswer Wait(BookingAsk ask, DateTimeOffset now)
    {
        if (Of(ask.AccountId) is not null) return LedgerAnswer.Done;
        if (bookable.IsClosed(now)) return LedgerAnswer.Closed;
        if (now < bookable.OpensAt) return LedgerAnswer.NotOpenYet;
        if (ask.Quantity > bookable.PerPerson) return LedgerAnswer.TooMany;
        if (Fits(ask.Channel, ask.Quantity) && !SomebodyWaitsBefore(ask)) return LedgerAnswer.NotFull;
        // Those of one batch come at one time, and still in an order; to the microsecond, which is what the database keeps.
        var arrival = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        lastArrival = arrival > lastArrival ? arrival : lastArrival.AddMicroseconds(1);
        Add(new OpenBooking(ask.Id, ask.AccountId, ask.ActorId, ask.Channel, ask.Quantity, BookingState.Waiting, lastArrival, null));
        return LedgerAnswer.Done;
    }

    /// <summary>A hold becomes a booking.</summary>
    public LedgerAnswer Confirm(Guid account, Guid id)
    {
        if (Of(account) is not { State: BookingState.Held or BookingState.Booked } mine || mine.Id != id) return LedgerAnswer.Unknown;
        if (mine.State == BookingState.Held) Replace(mine, mine with { State = BookingState.Booked, HeldUntil = null });
        return LedgerAnswer.Done;
    }

    /// <summary>Gives the place back, once; whoever waits gets it.</summary>
    public LedgerAnswer End(Guid account, Guid id, BookingState state, DateTimeOffset now)
    {
        if (Of(account) is not { } mine || mine.Id != id) return LedgerAnswer.Unknown;
        if (state == BookingState.NoShow && mine.State != BookingState.Booked) return LedgerAnswer.Unknown;
        Replace(mine, mine with { State = state, HeldUntil = null, EndedAt = now });
        Refill(now);
        return LedgerAnswer.Done;
    }

    /// <summary>Takes back what was not confirmed in time, and gives it to those who wait.</summary>
    public void Sweep(DateTimeOffset now)
    {
        while (held.Min is { } first && first.HeldUntil <= now) Replace(first, first with { State = BookingState.Expired, HeldUntil = null, EndedAt = now });
        Refill(now);
    }

    /// <summary>All changes are committed, but for these bookings, which the person's limit did not allow.</summary>
    public void Written(IEnumerable<Guid> refused)
    {
        foreach (var id in refused)
            if (added.TryGetValue(id, out var booking)) Take(booking);
        added.Clear();
        changed.Clear();
    }

    private void Refill(DateTimeOffset now)
    {
        // Nobody is called when it is over; a slot that has begun still calls whoever can come at once.
        if (now >= bookable.EndsAt) return;
        // In order within a channel: a small wish does not overtake a large one.
        while (waiting.Select(channel => channel.Min).Where(first => first is not null && Fits(first.Channel, first.Quantity)).Min(ByArrival!) is { } next)
            Replace(next, Taking(next, now));
    }

    private bool SomebodyWaitsBefore(BookingAsk ask) => waiting[(int)ask.Channel].Min is { } first && first.AccountId != ask.AccountId;

    private OpenBooking Taking(OpenBooking booking, DateTimeOffset now) => bookable.HoldFor is { } time
        ? booking with { State = BookingState.Held, HeldUntil = now + time }
        : booking with { State = BookingState.Booked, HeldUntil = null };

    private bool Fits(BookingChannel channel, int quantity)
    {
        var (forAll, beyondQuotas) = (bookable.Capacity - bookable.Quotas.Values.Sum(), 0);
        for (var index = 0; index < takenBy.Length; index++)
        {
            var taken = takenBy[index] + (index == (int)channel ? quantity : 0);
            beyondQuotas += Math.Max(0, taken - bookable.Quotas.GetValueOrDefault((BookingChannel)index));
        }

        return beyondQuotas <= forAll;
    }

    private void Add(OpenBooking booking)
    {
        Put(booking);
        added[booking.Id] = booking;
    }

    private void Replace(OpenBooking old, OpenBooking booking)
    {
        Take(old);
        if (booking.EndedAt is null) Put(booking);
        (added.ContainsKey(booking.Id) ? added : changed)[booking.Id] = booking;
    }

    private void Put(OpenBooking booking)
    {
        byPerson[booking.AccountId] = booking;
        if (booking.Takes) takenBy[(int)booking.Channel] += booking.Quantity;
        if (booking.State == BookingState.Held) held.Add(booking);
        if (booking.State == BookingState.Waiting) waiting[(int)booking.Channel].Add(booking);
    }

    private void Take(OpenBooking booking)
    {
        if (byPerson.GetValueOrDefault(booking.AccountId) != booking) return;
        byPerson.Remove(booking.AccountId);
        if (booking.Takes) takenBy[(int)booking.Channel] -= booking.Quantity;
        held.Remove(booking);
        waiting[(int)booking.Channel].Remove(booking);
    }
}

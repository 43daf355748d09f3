using FsCheck;
using FsCheck.Fluent;
using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Tests.Domain;

public sealed class LedgerTests
{
    private static readonly DateTimeOffset Start = GovernmentCity.Start;

    private static readonly Guid[] People = [.. Enumerable.Range(1, 8).Select(n => new Guid(n, 0, 0, new byte[8]))];

    [Fact]
    public void Whatever_people_do_nothing_is_oversold_no_quota_is_taken_by_others_and_nobody_has_two() => Prop.ForAll(Steps.ToArbitrary(), steps =>
    {
        var bookable = Stock(capacity: 6, perPerson: 3, holdFor: TimeSpan.FromMinutes(10), new() { [BookingChannel.Counter] = 2, [BookingChannel.Phone] = 1 });
        var (ledger, now, written) = (new Ledger(bookable, []), Start, new Dictionary<Guid, OpenBooking>());
        foreach (var step in steps)
        {
            now += TimeSpan.FromMinutes(step.Minutes);
            var mine = ledger.Of(step.Account);
            _ = step.What switch
            {
                0 => ledger.Book(Ask(step), now),
                1 => ledger.Wait(Ask(step), now),
                2 when mine is not null => ledger.Confirm(step.Account, mine.Id),
                3 when mine is not null => ledger.End(step.Account, mine.Id, BookingState.Cancelled, now),
                4 when mine is not null => ledger.End(step.Account, mine.Id, BookingState.NoShow, now),
                _ => LedgerAnswer.Unknown,
            };
            ledger.Sweep(now);

            foreach (var change in ledger.Added.Concat(ledger.Changed)) written[change.Id] = change;
            ledger.Changed.ShouldAllBe(change => !ledger.Added.Any(added => added.Id == change.Id));
            ledger.Written([]);
            var open = written.Values.Where(booking => booking.EndedAt is null).ToArray();
            open.Select(booking => booking.AccountId).ShouldBeUnique();
            var taken = open.Where(booking => booking.Takes).ToLookup(booking => booking.Channel, booking => booking.Quantity);
            // 3 are for all; a quota that its channel has not used is still there.
            taken.Sum(channel => Math.Max(0, channel.Sum() - bookable.Quotas.GetValueOrDefault(channel.Key))).ShouldBeLessThanOrEqualTo(3);
            ledger.Taken.ShouldBe(open.Where(booking => booking.Takes).Sum(booking => booking.Quantity));
            open.Where(booking => booking.State == BookingState.Held).ShouldAllBe(booking => booking.HeldUntil > now);
            // Read anew, as after a crash, it is in the same state.
            ledger = new Ledger(bookable, open);
            ledger.Taken.ShouldBeLessThanOrEqualTo(6);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Who_waits_is_called_in_order_and_nobody_overtakes()
    {
        var ledger = new Ledger(Stock(capacity: 2, perPerson: 2), []);
        ledger.Book(Ask(0, 2), Start).ShouldBe(LedgerAnswer.Done);
        ledger.Wait(Ask(1, 2), Start).ShouldBe(LedgerAnswer.Done);
        ledger.Wait(Ask(2, 1), Start).ShouldBe(LedgerAnswer.Done);

        ledger.End(People[0], ledger.Of(People[0])!.Id, BookingState.Cancelled, Start.AddSeconds(2));

        ledger.Of(People[1])!.State.ShouldBe(BookingState.Booked);
        ledger.Of(People[2])!.State.ShouldBe(BookingState.Waiting);
        ledger.Book(Ask(3, 1), Start.AddSeconds(3)).ShouldBe(LedgerAnswer.Full);
    }

    private static BookingAsk Ask(Step step) => new(Guid.NewGuid(), step.Account, step.Account, step.Channel, step.Quantity);

    private static BookingAsk Ask(int person, int quantity) => new(Guid.NewGuid(), People[person], People[person], BookingChannel.Online, quantity);

    private static Bookable Stock(int capacity, int perPerson, TimeSpan? holdFor = null, Dictionary<BookingChannel, int>? quotas = null) => new()
    {
        Id = Guid.NewGuid(), Kind = BookableKind.Stock, Mode = BookingMode.FirstCome, Department = "health-commission", Service = "masks", Place = "Gate 2",
        StartsAt = Start.AddDays(1), EndsAt = Start.AddDays(2), OpensAt = Start, Capacity = capacity, PerPerson = perPerson, Quotas = quotas ?? [],
        HoldFor = holdFor, OfficerId = Guid.NewGuid(), OfferKey = Guid.NewGuid(), RequestHash = [],
    };

    private static Gen<Step[]> Steps =>
        from count in Gen.Choose(1, 40)
        from steps in Gen.ArrayOf(
            from what in Gen.Choose(0, 4)
            from person in Gen.Choose(0, People.Length - 1)
            from channel in Gen.Elements(Enum.GetValues<BookingChannel>())
            from quantity in Gen.Choose(1, 3)
            from minutes in Gen.Choose(0, 6)
            select new Step(what, People[person], channel, quantity, minutes),
            count)
        select steps;

    private sealed record Step(int What, Guid Account, BookingChannel Channel, int Quantity, int Minutes);
}

using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class DomainTests
{
    private static readonly DateTimeOffset Noon = Town.Noon;

    /// <summary>Minutes of two intervals, and of what they share.</summary>
    [Theory]
    [InlineData(0, 10, 5, 15, 5, 10)]
    [InlineData(5, 15, 0, 10, 5, 10)]
    [InlineData(0, 60, 10, 20, 10, 20)]
    [InlineData(0, 10, 0, 10, 0, 10)]
    [InlineData(0, 10, 10, 20, null, null)]
    [InlineData(10, 20, 0, 10, null, null)]
    [InlineData(0, 10, 30, 40, null, null)]
    public void An_overlap_is_what_both_share(int from, int until, int otherFrom, int otherUntil, int? sharedFrom, int? sharedUntil)
    {
        var overlap = new Interval(Noon.AddMinutes(from), Noon.AddMinutes(until)).Overlap(new Interval(Noon.AddMinutes(otherFrom), Noon.AddMinutes(otherUntil)));

        overlap.ShouldBe(sharedFrom is null ? null : new Interval(Noon.AddMinutes(sharedFrom.Value), Noon.AddMinutes(sharedUntil!.Value)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_interval_that_does_not_end_after_it_begins_cannot_be_made(int minutes) =>
        Should.Throw<ArgumentException>(() => new Interval(Noon, Noon.AddMinutes(minutes)));

    /// <summary>Seconds from now for the beginning, and from then for the end; the fault, or whether the stay is late.</summary>
    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData(120, null, null, false)]
    [InlineData(121, null, "time_in_future", false)]
    [InlineData(-120, null, null, false)]
    [InlineData(-121, null, null, true)]
    [InlineData(-14 * 86400, null, null, true)]
    [InlineData((-14 * 86400) - 1, null, "visit_too_old", false)]
    [InlineData(-3600, 3600, null, true)]
    [InlineData(-3600, 3600 + 121, "time_in_future", false)]
    [InlineData(-3600, 0, "stay_reversed", false)]
    [InlineData(-3600, -1, "stay_reversed", false)]
    [InlineData(-2 * 86400, 86400, null, true)]
    [InlineData(-2 * 86400, 86401, "stay_too_long", false)]
    public void Stays_are_bounded(int? at, int? length, string? fault, bool late)
    {
        DateTimeOffset? arrivedAt = at is { } seconds ? Noon.AddSeconds(seconds) : null;
        DateTimeOffset? leftAt = length is { } more ? arrivedAt!.Value.AddSeconds(more) : null;

        var stay = Stay.From(arrivedAt, leftAt, Noon, new VisitLimits(), out var found, out _);

        found.ShouldBe(fault ?? "");
        stay.ShouldBe(fault is null ? new Stay(arrivedAt ?? Noon, leftAt, late) : null);
    }

    [Fact]
    public void A_visits_id_holds_its_arrival()
    {
        var arrivedAt = Noon.AddMilliseconds(123);

        var id = VisitId.New(arrivedAt);

        id.ArrivedAt.ShouldBe(arrivedAt);
        VisitId.New(arrivedAt).ShouldNotBe(id);
        new VisitId(Guid.NewGuid()).ArrivedAt.ShouldBeNull();
        new VisitId(Guid.Parse("ffffffff-ffff-7fff-bfff-ffffffffffff")).ArrivedAt.ShouldBeNull();
    }

    [Fact]
    public void A_derived_id_depends_on_every_part_and_its_place()
    {
        Guid[] parts = [Guid.Parse("01900000-0000-7000-8000-000000000001"), Guid.Parse("01900000-0000-7000-8000-000000000002"), Guid.Parse("01900000-0000-7000-8000-000000000003")];

        var id = DerivedId.OfExposure(parts[0], parts[1], parts[2]);

        // Kept: an id that changes with a release would double every exposure.
        id.ShouldBe(Guid.Parse("9d7dc4c2-5716-8f5d-ab4f-2762d6257a73"));
        id.Version.ShouldBe(8);
        new[] { (0, 2, 1), (1, 0, 2), (2, 1, 0), (0, 1, 1) }.Select(order => DerivedId.OfExposure(parts[order.Item1], parts[order.Item2], parts[order.Item3])).ShouldNotContain(id);
    }

    [Theory]
    [InlineData("SCP:0123456789ABCDEF0123456789ABCDEF", true)]
    [InlineData("  scp:0123456789abcdef0123456789abcdef\n", true)]
    [InlineData("SCP:0123456789ABCDEF0123456789ABCDE", false)]
    [InlineData("SCP:0123456789ABCDEF0123456789ABCDEG", false)]
    [InlineData("XCP:0123456789ABCDEF0123456789ABCDEF", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_place_code_is_read_as_cameras_and_people_give_it(string? text, bool valid)
    {
        PlaceCode.TryParse(text, out var code).ShouldBe(valid);
        if (valid) code.Value.ShouldBe("SCP:0123456789ABCDEF0123456789ABCDEF");
    }

    [Fact]
    public void New_place_codes_are_read_back_and_differ()
    {
        var (one, other) = (PlaceCode.New(), PlaceCode.New());

        PlaceCode.TryParse(one.Value, out var read).ShouldBeTrue();
        read.ShouldBe(one);
        other.ShouldNotBe(one);
    }

    [Fact]
    public void Rules_that_would_let_everybody_in_by_mistake_are_not_taken()
    {
        var good = new AdmissionRules { Default = new AdmissionRule { Admits = [CodeColor.Green], TimeOut = TimeSpan.FromHours(4) } };

        good.IsValid(new VisitLimits()).ShouldBeTrue();
        (good with { Default = good.Default with { Admits = [CodeColor.Unspecified] } }).IsValid(new VisitLimits()).ShouldBeFalse();
        (good with { Default = good.Default with { TimeOut = TimeSpan.Zero } }).IsValid(new VisitLimits()).ShouldBeFalse();
        (good with { Default = good.Default with { TimeOut = TimeSpan.FromHours(25) } }).IsValid(new VisitLimits()).ShouldBeFalse();
        new AdmissionRule().Decide(CodeColor.Green, null, new Crowd(0, 10), Town.Noon).Decision.ShouldBe(CheckInDecision.Refused);
    }
}

using SmartCity.GovernmentServices.Contracts;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

public sealed class SignalTests(CityServers servers)
{
    [Fact]
    public async Task Cases_count_once_on_the_day_of_confirmation_in_their_cell_and_in_the_city()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var confirmed = (await office.ConfirmAsync(daysAgo: 1, cases: 2))[0];
        await office.ConfirmAsync(daysAgo: 1, cases: 1, cell: null);

        await office.PublishTwiceAsync(confirmed with { ConfirmedAt = confirmed.ConfirmedAt });

        (await office.CountsAsync("cases", WatchOffice.Cell))[WatchOffice.Day(1)].ShouldBe(2);
        (await office.CountsAsync("cases"))[WatchOffice.Day(1)].ShouldBe(3);
    }

    [Fact]
    public async Task A_day_ends_at_midnight_in_the_city()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var midnight = new DateTimeOffset(2026, 3, 19, 0, 0, 0, TimeSpan.FromHours(8)).ToUniversalTime();
        await office.PublishAsync(
            new ReportReceived(Guid.CreateVersion7(), "noise", null, midnight.AddSeconds(-1)),
            new ReportReceived(Guid.CreateVersion7(), "noise", null, midnight));

        (await office.CountsAsync("reports")).ShouldBe(new Dictionary<DateOnly, int> { [new(2026, 3, 18)] = 1, [new(2026, 3, 19)] = 1, [new(2026, 3, 20)] = 0 }, ignoreOrder: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_withdrawn_case_does_not_count_whichever_news_comes_first(bool withdrawalFirst)
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var at = WatchOffice.Noon.ToUniversalTime();
        var confirmed = new CaseConfirmed(Guid.CreateVersion7(), Guid.CreateVersion7(), WatchOffice.Cell, at, at, at.AddDays(1), at);
        var withdrawn = new CaseWithdrawn(confirmed.CaseId, confirmed.CitizenId, WatchOffice.Cell, at, at.AddHours(1));

        if (withdrawalFirst) await office.PublishAsync(withdrawn);
        await office.PublishAsync(confirmed);
        if (!withdrawalFirst) await office.PublishAsync(withdrawn);

        (await office.CountsAsync("cases")).Values.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task The_latest_count_of_an_hour_holds_in_any_order_and_a_day_is_the_sum_of_its_hours()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var hour = new DateTimeOffset(2026, 3, 20, 2, 0, 0, TimeSpan.Zero);
        await office.PublishAsync(new VisitsCounted(WatchOffice.Cell, hour, 7, hour.AddMinutes(50)));
        await office.PublishAsync(new VisitsCounted(WatchOffice.Cell, hour, 3, hour.AddMinutes(20)));
        await office.PublishAsync(new VisitsCounted(WatchOffice.Cell, hour.AddHours(1), 5, hour.AddMinutes(70)));

        (await office.CountsAsync("visits", WatchOffice.Cell))[WatchOffice.Day(0)].ShouldBe(12);
    }

    [Fact]
    public async Task Symptoms_fevers_bookings_and_stock_outs_count_once_with_the_latest_word()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var at = WatchOffice.Noon.ToUniversalTime();
        var hour = new DateTimeOffset(2026, 3, 20, 2, 0, 0, TimeSpan.Zero);

        await office.PublishTwiceAsync(new SymptomsDeclared(Guid.CreateVersion7(), WatchOffice.Cell, at));
        await office.PublishAsync(new TemperatureTaken(Guid.CreateVersion7(), WatchOffice.Cell, Fever: true, at), new TemperatureTaken(Guid.CreateVersion7(), WatchOffice.Cell, Fever: false, at));
        await office.PublishAsync(new BookingsCounted("mask", WatchOffice.Cell, hour, Booked: 30, Refused: 4, Available: 0, hour.AddMinutes(50)));
        await office.PublishAsync(new BookingsCounted("mask", WatchOffice.Cell, hour, Booked: 12, Refused: 0, Available: 18, hour.AddMinutes(20)));

        foreach (var (stream, expected) in new[] { ("symptoms", 1), ("temperatures", 2), ("fevers", 1), ("bookings", 30), ("stockOuts", 1) })
            (await office.CountsAsync(stream, WatchOffice.Cell))[WatchOffice.Day(0)].ShouldBe(expected, stream);
    }

    [Fact]
    public async Task Exposures_found_and_withdrawn_at_the_same_time_by_many_are_all_counted()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        var at = WatchOffice.Noon.ToUniversalTime();
        var exposures = Enumerable.Range(0, 60)
            .Select(_ => new ExposureDetected(Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), WatchOffice.Cell, 30, at, at.AddHours(1), at))
            .ToArray();

        await office.PublishAsync(exposures);
        await office.PublishAsync([.. exposures.Take(20).Select(exposure => new ExposureWithdrawn(exposure.ExposureId, exposure.CaseId, exposure.CitizenId, exposure.Cell, at, at.AddMinutes(1)))]);

        (await office.CountsAsync("exposures", WatchOffice.Cell))[WatchOffice.Day(0)].ShouldBe(40);
    }
}

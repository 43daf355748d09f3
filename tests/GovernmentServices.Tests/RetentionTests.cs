using Microsoft.Extensions.DependencyInjection;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Features.Booking;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class RetentionTests(CityServers servers)
{
    [Fact]
    public async Task Bookings_and_reports_are_forgotten_when_their_time_is_over_and_bulletins_are_not()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (citizen, officer) = (city.Citizen(), city.Officer());
        var slot = await city.OfferAsync();
        var booking = await citizen.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);
        await citizen.DeleteAsync($"{GovernmentCity.Path}/bookings/{booking.Id}");
        await city.Citizen().PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);
        var report = await citizen.PostedAsync<MyReportSummary>("/reports", new FileReportRequest("other", "A lamp is broken"));
        await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.Policy, new("政策", "Policy"), new("正文", "Body")));
        await city.Officer("government-services").ReadAsync<DepartmentReport>($"/department/reports/{report.Id}");

        (await RowsAfterAsync(city, slot.EndsAt.AddDays(90))).ShouldBe("1 bookables, 2 bookings, 1 reports, 1 readings, 1 bulletins");
        (await RowsAfterAsync(city, slot.EndsAt.AddDays(91))).ShouldBe("0 bookables, 0 bookings, 1 reports, 1 readings, 1 bulletins");
        (await RowsAfterAsync(city, GovernmentCity.Start.AddDays(730))).ShouldBe("0 bookables, 0 bookings, 1 reports, 1 readings, 1 bulletins");
        (await RowsAfterAsync(city, GovernmentCity.Start.AddDays(731))).ShouldBe("0 bookables, 0 bookings, 0 reports, 0 readings, 1 bulletins");
    }

    private static async Task<string> RowsAfterAsync(GovernmentCity city, DateTimeOffset now)
    {
        city.Clock.Set(now);
        await city.App.Services.GetRequiredService<ForgetOldMatters>().ForgetAsync(CancellationToken.None);
        return await city.Database.ScalarAsync<string>("""
            SELECT format('%s bookables, %s bookings, %s reports, %s readings, %s bulletins',
                (SELECT count(*) FROM bookables), (SELECT count(*) FROM bookings), (SELECT count(*) FROM reports),
                (SELECT count(*) FROM report_readings), (SELECT count(*) FROM bulletins))
            """);
    }
}

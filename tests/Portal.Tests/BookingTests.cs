using Microsoft.Playwright;
using SmartCity.Replay;
using SmartCity.Testing;

namespace SmartCity.Portal.Tests;

/// <summary>Times and goods: booked, confirmed, given back, waited for, drawn, and queued for.</summary>
public sealed class BookingTests(PortalCity city)
{
    [Fact]
    public async Task A_time_is_kept_confirmed_and_given_back()
    {
        var place = await OfferAsync(new { service = "nucleic-acid-test", startsAt = In(hours: 20), endsAt = In(hours: 21), capacity = 20, holdMinutes = 15 });
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/booking");
        await page.SendAsync(Of(page, place).Locator("button:has-text('Book')"));
        (await Of(page, place).InnerTextAsync()).ShouldContain("Confirm until");
        await page.LookAsync("/bookings", "bookings");

        await page.SendAsync(Of(page, place).Locator("button:has-text('Confirm')"));
        (await Of(page, place).InnerTextAsync()).ShouldContain("bring your ID card");
        await page.SendAsync(Of(page, place).Locator("button:has-text('Give it back')"));

        (await Of(page, place).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Who_comes_too_late_waits_and_gets_what_somebody_gives_back()
    {
        var place = await OfferAsync(new { service = "masks", kind = "stock", startsAt = In(hours: 20), endsAt = In(hours: 40), capacity = 5, perPerson = 5 });
        var offer = await IdAsync(place);
        var faster = await city.Api.SignInAsync(PortalCity.NewCitizen().Phone, CancellationToken.None);
        var taken = await city.Api.PostAsync($"/government-services/v1/bookables/{offer}/bookings?quantity=5", null, faster, CancellationToken.None);
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/booking");
        await page.SendAsync(Of(page, place).Locator("button:has-text('Join the waiting list')"));
        (await Of(page, place).InnerTextAsync()).ShouldContain("On the waiting list");

        await city.Api.DeleteAsync($"/government-services/v1/bookings/{taken!["id"]!.GetValue<Guid>()}", faster, CancellationToken.None);

        await Eventually.Async(async () =>
        {
            await page.GotoAsync("/bookings");
            return (await Of(page, place).InnerTextAsync()).Contains("bring your ID card", StringComparison.Ordinal);
        }, what: "what was given back went to who waits");
    }

    [Fact]
    public async Task Everybody_has_the_same_chance_in_a_draw_and_a_place_in_the_waiting_room()
    {
        var drawn = await OfferAsync(new { service = "vaccination", startsAt = In(hours: 20), endsAt = In(hours: 21), capacity = 10, mode = "lottery", drawAt = TimeProvider.System.GetUtcNow().AddSeconds(25) });
        var queued = await OfferAsync(new { service = "antigen-kits", kind = "stock", startsAt = In(hours: 20), endsAt = In(hours: 40), capacity = 500, perPerson = 5, mode = "waitingRoom", admitPerSecond = 1, opensAt = TimeProvider.System.GetUtcNow().AddSeconds(3) });
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/booking");
        await Of(page, drawn).Locator("button:has-text('Enter the draw')").ClickAsync();
        Guid.TryParse(await page.InnerTextAsync(".answer dd"), out _).ShouldBeTrue();
        await page.LookAsync("/booking", "booking");

        await Of(page, queued).Locator("a:has-text('To the waiting room')").ClickAsync();
        (await page.FindAsync("waiting-room")).ShouldBeEmpty();
        // The page asks by itself until it is this person's turn.
        await page.WaitForSelectorAsync("text=It is your turn");
        await page.SelectOptionAsync("[name=Units]", "3");
        await page.SendAsync("main form button.button");
        (await Of(page, queued).InnerTextAsync()).ShouldContain("× 3");

        await Eventually.Async(async () =>
        {
            await page.GotoAsync("/bookings");
            return await Of(page, drawn).CountAsync() == 1;
        }, TimeSpan.FromMinutes(1), "what was drawn is among the bookings");
    }

    [Fact]
    public async Task An_offer_for_the_old_asks_first_whether_the_age_may_be_looked_up()
    {
        var place = await OfferAsync(new { service = "counter", startsAt = In(hours: 22), endsAt = In(hours: 23), capacity = 20, eligibility = "elders-first" });
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/booking");
        await Of(page, place).Locator("button:has-text('Book')").ClickAsync();
        (await page.FindAsync("booking-consent")).ShouldBeEmpty();
        await page.SendAsync("button:has-text('I agree')");
        await Of(page, place).Locator("button:has-text('Book')").ClickAsync();

        var born = DateOnly.ParseExact(city.SomebodysNumber[6..14], "yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        (await page.InnerTextAsync("main")).ShouldContain(born.AddYears(60) <= Outbreak.Today ? "Booked." : "do not include you");
    }

    private static DateTimeOffset In(int hours) => TimeProvider.System.GetUtcNow().AddHours(hours);

    private static ILocator Of(IPage page, string place) => page.Locator(".list > li", new PageLocatorOptions { HasText = place });

    /// <summary>A department offers something at a place whose name nobody else uses.</summary>
    private async Task<string> OfferAsync(object offer)
    {
        var place = $"People's Square 人民广场 {Guid.CreateVersion7().ToString("N")[^5..]}";
        var sent = System.Text.Json.JsonSerializer.SerializeToNode(offer)!.AsObject();
        sent["place"] = place;
        await city.Api.PostAsync("/government-services/v1/bookables", sent, await city.ServicesOfficerAsync(), CancellationToken.None);
        return place;
    }

    private async Task<Guid> IdAsync(string place) =>
        (await city.Api.GetAsync("/government-services/v1/bookables?limit=100", null, CancellationToken.None))!["items"]!.AsArray().First(one => one!["place"]!.GetValue<string>() == place)!["id"]!.GetValue<Guid>();
}

using Microsoft.Playwright;

namespace SmartCity.Portal.Tests;

/// <summary>Officers look at the city: every figure with its age and its parts, charts with their intervals, and a page that follows what happens.</summary>
public sealed class CockpitTests(PortalCity city)
{
    [Fact]
    public async Task The_cockpit_shows_the_city_and_follows_every_change()
    {
        var account = await Outbreak.BreakOutAsync(city);
        var page = await city.StaffAsync("officer-health", "en");
        await page.SetViewportSizeAsync(1280, 900);
        await page.GotoAsync("/cockpit");

        (await page.Locator(".figures li").CountAsync()).ShouldBeGreaterThan(10);
        (await page.Locator(".figures li a").CountAsync()).ShouldBe(await page.Locator(".figures li").CountAsync());
        (await page.Locator("#cases .curve.forecast").First.GetAttributeAsync("d")).ShouldNotBeNullOrEmpty();
        (await page.Locator("#cases path.band.forecast").First.GetAttributeAsync("d")).ShouldEndWith("Z");
        (await page.Locator("#reproduction path.band.reproduction").First.GetAttributeAsync("d")).ShouldEndWith("Z");
        (await page.Locator(".map a").CountAsync()).ShouldBeGreaterThanOrEqualTo(54);
        (await page.Locator(".map .outline").CountAsync()).ShouldBe(2);
        (await page.FindAsync("cockpit-desktop")).ShouldBeEmpty();

        var before = await page.InnerTextAsync(".figures li:first-child .number-big");
        await page.Locator("[data-live-source][data-refreshed]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Outbreak.SendAsync(city, account, "cases", [("3121N12145E", Outbreak.Today, 40)]);
        await Assertions.Expect(page.Locator(".figures li:first-child .number-big")).Not.ToHaveTextAsync(before, new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task From_a_cell_of_the_map_one_gets_down_to_what_its_risk_is_made_of()
    {
        await Outbreak.BreakOutAsync(city);
        var page = await city.StaffAsync("officer-health", "en");
        await Testing.Eventually.Async(async () =>
        {
            await page.GotoAsync($"/cockpit?cell={Outbreak.HotCell}");
            return await page.Locator("#risk a").CountAsync() > 0;
        });

        await page.Locator("#risk a").First.ClickAsync();
        await page.ClickAsync("text=Compute again from the record");

        (await page.InnerTextAsync(".done")).ShouldContain("the same to the last digit");
        await page.LookAsync(new Uri(page.Url).AbsolutePath, "alarm");
        await page.LookAsync("/cockpit/alarms", "alarms");
        await page.LookAsync($"/cockpit?cell={Outbreak.HotCell}", "cockpit-cell");
    }

    [Fact]
    public async Task Everybody_can_read_the_cockpit()
    {
        await Outbreak.BreakOutAsync(city);
        var page = await city.StaffAsync("officer-health");
        await page.LookAsync("/cockpit", "cockpit");
        await page.LookAsync("/cockpit/signals/cases", "signal");
    }

    [Fact]
    public async Task A_citizen_is_not_let_in()
    {
        var page = await city.SomebodyAsync("en");
        var answer = await page.GotoAsync("/cockpit");

        answer!.Status.ShouldBe(403);
        (await page.InnerTextAsync("h1")).ShouldContain("not for your account");
    }
}

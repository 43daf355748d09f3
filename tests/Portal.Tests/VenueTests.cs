using Microsoft.Playwright;
using SmartCity.Replay;
using SmartCity.Testing;

namespace SmartCity.Portal.Tests;

/// <summary>A venue from its registration to its door.</summary>
public sealed class VenueTests(PortalCity city)
{
    [Fact]
    public async Task A_poster_of_a_new_place_is_read_from_its_picture_and_lets_a_citizen_in_and_out()
    {
        var (venue, path) = await OpenPlaceAsync();
        await venue.GotoAsync($"{path}/poster");
        var code = await venue.ReadQrAsync("poster");
        code.ShouldStartWith("SCP:");

        var citizen = await city.SomebodyAsync("en");
        await citizen.GotoAsync("/scan");
        await venue.Locator(".qr").ScrollIntoViewIfNeededAsync();
        await venue.ShowToCameraAsync();
        // This browser has no reader of its own, so this is the library's work.
        await citizen.ClickAsync("text=Open the camera");
        await citizen.WaitForSelectorAsync(".answer");
        (await citizen.InnerTextAsync(".answer")).ShouldContain("Welcome");
        (await citizen.FindAsync("checked-in")).ShouldBeEmpty();

        await Eventually.Async(async () =>
        {
            await venue.GotoAsync(path);
            return (await venue.InnerTextAsync(".number-big")).StartsWith('1');
        }, what: "the place counts its visitor");
        await citizen.GotoAsync("/visits");
        await citizen.ClickAsync("main form button");
        (await citizen.InnerTextAsync(".done")).ShouldContain("checked out");
        (await citizen.QuerySelectorAsync("main form")).ShouldBeNull();
        var simple = await city.SomebodyAsync("en", scripts: false);
        await simple.GotoAsync("/scan");
        await simple.FillAsync("[name=PlaceCode]", code);
        await simple.ClickAsync("main form button.button");
        (await simple.InnerTextAsync(".answer")).ShouldContain("Welcome");

        await venue.LookAsync("/venue", "venue");
        await venue.LookAsync(path, "venue-place");
        await venue.LookAsync($"{path}/poster", "venue-poster");
        await venue.LookAsync($"{path}/screen", "venue-screen");
    }

    [Fact]
    public async Task Staff_read_a_shown_code_and_go_on_without_a_network()
    {
        var (venue, path) = await OpenPlaceAsync();
        var visitor = await city.SomebodyAsync();
        await visitor.GotoAsync("/code");
        var shown = await visitor.ReadQrAsync("visitor");
        await venue.GotoAsync($"{path}/scan");
        await venue.ClickAsync("#queue form button");
        await venue.WaitForSelectorAsync("#queue[data-count='0']");
        await venue.FillAsync("[name=Credential]", shown);
        await venue.ClickAsync("main form.form > .button");
        (await venue.InnerTextAsync("#answer")).ShouldContain("Welcome");
        await venue.GotoAsync($"{path}/scan");
        await venue.EvaluateAsync("navigator.serviceWorker.ready");
        await venue.ReloadAsync();
        await venue.WaitForSelectorAsync("#queue[data-count='0']");

        await venue.Context.SetOfflineAsync(true);
        await venue.FillAsync("[name=Credential]", shown);
        await venue.ClickAsync("main form.form > .button");
        await venue.WaitForSelectorAsync("#queue[data-count='1']");
        await venue.ReloadAsync();
        await venue.WaitForSelectorAsync("#queue[data-count='1']");
        await venue.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(PortalCity.Pictures, "venue-scan-offline.png") });

        await venue.Context.SetOfflineAsync(false);
        await venue.WaitForSelectorAsync("#queue[data-count='0']");
        (await venue.InnerTextAsync("#queue [role=status]")).ShouldNotContain("Not accepted");
        await venue.LookAsync($"{path}/scan", "venue-scan");
    }

    /// <summary>Registers a place on the pages; the department approves it.</summary>
    private async Task<(IPage Page, string Path)> OpenPlaceAsync()
    {
        var page = await city.StaffAsync("venue", "en");
        await page.GotoAsync("/venue");
        await page.ClickAsync("summary");
        await page.FillAsync("[name=Name]", "Riverside Tea House");
        await page.SelectOptionAsync("[name=Type]", "restaurant");
        await page.FillAsync("[name=Address]", "1 Long Street");
        await page.FillAsync("[name=Latitude]", "31.234");
        await page.FillAsync("[name=Longitude]", "121.478");
        await page.FillAsync("[name=Capacity]", "30");
        await page.FillAsync("[name=Uscc]", "91310115MA1K3BTP2B");
        await page.SendAsync("main form > .button");
        var path = new Uri(page.Url).AbsolutePath;
        await city.Api.PostAsync("/place-registration/v1/places/decisions", new { placeIds = new[] { path.Split('/')[^1] }, approved = true }, await city.OfficerAsync(), CancellationToken.None);
        return (page, path);
    }
}

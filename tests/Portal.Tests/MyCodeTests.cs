namespace SmartCity.Portal.Tests;

/// <summary>A citizen's first minutes: sign in, register, show the code.</summary>
public sealed class MyCodeTests(PortalCity city)
{
    [Fact]
    public async Task A_citizen_registers_and_shows_a_code_that_another_machine_reads()
    {
        var page = await city.CitizenAsync();

        (await page.InnerTextAsync(".verdict")).ShouldContain("绿码");
        (await page.ReadQrAsync("my-code")).ShouldStartWith("SC1:");
        await page.LookAsync("/code", "my-code");
        await page.LookAsync("/code/history", "my-code-history");
    }

    [Fact]
    public async Task It_works_without_scripts()
    {
        var page = await city.CitizenAsync("en", scripts: false);

        (await page.InnerTextAsync(".verdict")).ShouldContain("Green code");
    }

    [Fact]
    public async Task The_last_code_is_still_shown_without_a_network_and_says_that_it_is_old()
    {
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/code");
        await page.EvaluateAsync("navigator.serviceWorker.ready");
        await page.ReloadAsync();
        var shown = await page.ReadQrAsync("before-offline");

        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();

        (await page.InnerTextAsync(".verdict")).ShouldContain("Green code");
        (await page.ReadQrAsync("offline")).ShouldBe(shown);
        (await page.InnerTextAsync("[data-age]")).ShouldContain("offline");
        await page.ScreenshotAsync(new() { Path = Path.Combine(PortalCity.Pictures, "my-code-offline.png") });
    }

    [Fact]
    public async Task A_wrong_ID_number_is_told_at_its_field_in_the_language_of_the_page()
    {
        var page = await city.PhoneAsync("en");
        await PortalCity.SignInAsync(page, PortalCity.NewCitizen().Phone);
        await page.FillAsync("[name=Name]", "Wang Fang");
        await page.FillAsync("[name=CitizenNumber]", "110101190001010012");
        await page.ClickAsync("main form button.button");

        await page.WaitForSelectorAsync("[name=CitizenNumber][aria-invalid=true]");
        (await page.InputValueAsync("[name=Name]")).ShouldBe("Wang Fang");
        (await page.InnerTextAsync(".error")).ShouldNotBeEmpty();
        (await page.FindAsync("register-refused")).ShouldBeEmpty();
    }
}

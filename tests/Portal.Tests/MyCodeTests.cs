using System.Diagnostics;
using Microsoft.Playwright;

namespace SmartCity.Portal.Tests;

/// <summary>A citizen's first minutes: sign in, register, show the code.</summary>
public sealed class MyCodeTests(PortalCity city)
{
    [Fact]
    public async Task A_citizen_registers_and_shows_a_code_that_another_machine_reads()
    {
        var page = await city.CitizenAsync();

        (await page.InnerTextAsync(".verdict")).ShouldContain("绿码");
        var picture = Path.Combine(PortalCity.Pictures, "shown-code.png");
        await page.Locator(".qr").ScreenshotAsync(new LocatorScreenshotOptions { Path = picture });
        (await ReadQrAsync(picture)).ShouldStartWith("SC1:");
        await page.LookAsync("/code", "my-code");
    }

    [Fact]
    public async Task It_works_without_scripts()
    {
        var page = await city.CitizenAsync("en", scripts: false);

        (await page.InnerTextAsync(".verdict")).ShouldContain("Green code");
    }

    [Fact]
    public async Task A_wrong_ID_number_is_told_at_its_field_in_the_language_of_the_page()
    {
        var page = await city.PhoneAsync("en");
        await PortalCity.SignInAsync(page, PortalCity.NewCitizen().Phone);
        await page.FillAsync("[name=Name]", "Wang Fang");
        await page.FillAsync("[name=CitizenNumber]", "110101190001010012");
        await page.ClickAsync("main form button.button");

        (await page.GetAttributeAsync("[name=CitizenNumber]", "aria-invalid")).ShouldBe("true");
        (await page.InputValueAsync("[name=Name]")).ShouldBe("Wang Fang");
        (await page.InnerTextAsync(".error")).ShouldNotBeEmpty();
        (await page.FindAsync("register-refused")).ShouldBeEmpty();
    }

    private static async Task<string> ReadQrAsync(string picture)
    {
        using var reader = Process.Start(new ProcessStartInfo("zbarimg", ["--quiet", "--raw", picture]) { RedirectStandardOutput = true })!;
        var text = await reader.StandardOutput.ReadToEndAsync();
        await reader.WaitForExitAsync();
        return text;
    }
}

namespace SmartCity.Portal.Tests;

/// <summary>Somebody without a phone comes to the counter, and leaves with what everybody else has.</summary>
public sealed class CounterTests(PortalCity city)
{
    [Fact]
    public async Task Somebody_without_a_phone_consents_before_a_witness_and_gets_a_code_on_paper()
    {
        var (_, number) = PortalCity.NewCitizen();
        var page = await city.StaffAsync("counter", "en");
        await page.GotoAsync("/counter");
        await page.SelectOptionAsync("[name=Document]", "idCard");
        await page.FillAsync("[name=DocumentNumber]", number);
        await page.FillAsync("[name=Witness]", "Wang Fang, neighbour");
        await page.CheckAsync("[name=Agreed]");
        await page.SendAsync("button:has-text('Go on for this person')");
        var person = new Uri(page.Url).AbsolutePath;
        await page.FillAsync("[name=Name]", "李明");
        await page.FillAsync("[name=CitizenNumber]", number);
        (await page.FindAsync("counter-register")).ShouldBeEmpty();
        await page.ClickAsync("text=Register >> nth=-1");
        await page.WaitForSelectorAsync(".code.green");

        await page.SelectOptionAsync("[name=Category]", new Microsoft.Playwright.SelectOptionValue { Index = 1 });
        await page.FillAsync("[name=Text]", "The lift in my house does not work.");
        await page.SendAsync("text=Report for this person");
        (await page.InnerTextAsync("main")).ShouldContain("Waits for an answer");
        await page.ClickAsync("text=Print the code");
        await page.WaitForSelectorAsync(".sheet .qr svg");
        await page.LookAsync(new Uri(page.Url).AbsolutePath, "printed-code");
        await page.LookAsync(person, "counter-person");
        await page.LookAsync("/counter", "counter");
        await page.LookAsync("/counter/checks", "second-checks");
    }
}

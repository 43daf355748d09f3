using Microsoft.Playwright;

namespace SmartCity.Portal.Tests;

/// <summary>What citizens do beside showing their code.</summary>
public sealed class CitizenTests(PortalCity city)
{
    /// <summary>The department calls back and puts right what was rated badly.</summary>
    private async Task PutRightAsync()
    {
        var officer = await city.StaffAsync("officer-services", "en");
        await officer.LookAsync("/department/rectifications", "rectifications");
        await officer.ClickAsync(".list h2 a");
        (await officer.InnerTextAsync(".written")).ShouldBe("It is dark.");
        await officer.FillAsync("[name=Text]", "The lamp flickers.");
        await officer.SendAsync("text=Record the call");
        await officer.FillAsync("[name=Text]", "A new lamp was put in.");
        await officer.SendAsync("button:has-text('It is put right')");
        await officer.LookAsync(new Uri(officer.Url).AbsolutePath, "rectification");
    }

    /// <summary>Something that a phone could have photographed.</summary>
    private async Task<FilePayload> PictureAsync()
    {
        var page = await city.PhoneAsync();
        await page.GotoAsync("/");
        return new FilePayload { Name = "photo.png", MimeType = "image/png", Buffer = await page.ScreenshotAsync() };
    }

    private static string NewNumber() => PortalCity.NewCitizen().Number;

    [Fact]
    public async Task A_parent_shows_the_code_of_a_child()
    {
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/family");
        await page.SelectOptionAsync("[name=Relation]", "child");
        await page.FillAsync("[name=Name]", "王小明");
        await page.FillAsync("[name=CitizenNumber]", NewNumber());
        await page.ClickAsync("main form button.button");
        await page.WaitForSelectorAsync(".code.green");

        (await page.InnerTextAsync(".whose")).ShouldBe("王小明");
        var own = new Uri(page.Url).AbsolutePath;
        await page.LookAsync(own, "family-code");
        await page.LookAsync("/family", "family");
    }

    [Fact]
    public async Task A_code_is_contested_once_and_waits_for_an_answer()
    {
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/appeal");
        await page.FillAsync("[name=Text]", "I was not at that place.");
        await page.ClickAsync("main form button.button");
        (await page.InnerTextAsync(".done")).ShouldContain("received");

        await page.FillAsync("[name=Text]", "Once more, please.");
        await page.ClickAsync("main form button.button");

        (await page.InnerTextAsync(".problem")).ShouldNotBeEmpty();
        (await page.InputValueAsync("[name=Text]")).ShouldBe("Once more, please.");
        await page.LookAsync("/appeal", "appeal");
    }

    [Fact]
    public async Task A_problem_is_reported_with_a_photograph_answered_rated_and_reopened()
    {
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/reports");
        await page.SelectOptionAsync("[name=Category]", new SelectOptionValue { Label = "Government services" });
        await page.FillAsync("[name=Text]", "The street lamp at 5 Long Street is out.");
        await page.SetInputFilesAsync("[name=Photo]", await PictureAsync());
        await page.SendAsync("main form > .button");
        var path = new Uri(page.Url).AbsolutePath;
        (await page.InnerTextAsync("main")).ShouldContain("The street lamp at 5 Long Street is out.");
        (await page.Locator("img.photo").EvaluateAsync<bool>("async picture => { await picture.decode(); return picture.naturalWidth > 0; }")).ShouldBeTrue();

        await city.Api.PostAsync($"/government-services/v1/department{path}/answer", new { text = "It is lit again." }, await city.ServicesOfficerAsync(), CancellationToken.None);
        await page.GotoAsync(path);
        (await page.InnerTextAsync(".answer")).ShouldContain("It is lit again.");
        await page.CheckAsync("[value=dissatisfied]");
        await page.FillAsync("[name=Comment]", "It is dark.");
        await page.SendAsync("text=Send the rating");
        (await page.InnerTextAsync("main")).ShouldContain("Called back by");
        await PutRightAsync();
        await page.LookAsync(path, "report");
        (await page.InnerTextAsync("main")).ShouldContain("A new lamp was put in.");

        await page.ClickAsync("summary");
        await page.FillAsync("[name=Reason]", "It is out again.");
        await page.SendAsync("button:has-text('Reopen')");
        (await page.InnerTextAsync(".steps li.current")).ShouldContain("It is out again.");
        await page.LookAsync("/reports", "reports");
    }

    [Fact]
    public async Task An_application_is_filled_in_by_the_city_asks_only_for_what_is_missing_and_is_followed()
    {
        var page = await city.SomebodyAsync("en");
        await page.LookAsync("/apply", "apply");
        await page.ClickAsync("text=Temporary residence");
        await page.ClickAsync("text=I agree; fill it in");
        (await page.InnerTextAsync(".known")).ShouldContain("王芳");
        await page.FillAsync("[name='Form.address']", "5 Long Street");
        await page.SelectOptionAsync("[name='Form.housing']", "family");
        await page.FillAsync("[name='Form.since']", "2026-01-15");
        await page.ClickAsync("text=Submit the application");
        (await page.InnerTextAsync(".field.wrong .error")).ShouldNotBeEmpty();
        (await page.InputValueAsync("[name='Form.address']")).ShouldBe("5 Long Street");
        (await page.FindAsync("application-form")).ShouldBeEmpty();

        await page.SetInputFilesAsync("[type=file]", await PictureAsync());
        await page.SendAsync("text=Submit the application");

        (await page.InnerTextAsync("main")).ShouldContain("Temporary residence");
        await page.LookAsync(new Uri(page.Url).AbsolutePath, "application");
        await page.LookAsync("/applications", "applications");
    }

    [Fact]
    public async Task Warnings_of_the_city_are_asked_for()
    {
        var page = await city.SomebodyAsync("en");
        await page.GotoAsync("/warnings");
        await page.SelectOptionAsync("[name=Severity]", "severe");
        await page.ClickAsync("main form > .button");

        (await page.InnerTextAsync(".done")).ShouldContain("warned");
        (await page.InputValueAsync("[name=Severity]")).ShouldBe("severe");
        await page.LookAsync("/warnings", "warnings");
    }

    [Theory]
    [InlineData("/scan", "scan")]
    [InlineData("/visits", "visits")]
    [InlineData("/access-log", "access-log")]
    [InlineData("/me", "me")]
    [InlineData("/services", "services")]
    [InlineData("/wallet", "wallet")]
    [InlineData("/bulletins", "bulletins")]
    public async Task Pages_that_read_can_be_read_by_everyone(string path, string name)
    {
        var page = await city.SomebodyAsync();
        await page.LookAsync(path, name);
    }

    [Fact]
    public async Task A_page_of_another_role_stays_closed()
    {
        var page = await city.SomebodyAsync();

        var answer = await page.GotoAsync("/venue");

        answer!.Status.ShouldBe(403);
        (await page.QuerySelectorAsync("[name=Uscc]")).ShouldBeNull();
    }
}

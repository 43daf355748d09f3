using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace SmartCity.Dashboard.Tests;

/// <summary>The pages in a real browser, under their strict content security policy.</summary>
public sealed class BrowserTests(DashboardTown town) : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Theory]
    [InlineData("en", ColorScheme.Light)]
    [InlineData("zh-CN", ColorScheme.Dark)]
    public async Task Every_page_is_accessible_and_loads_nothing_that_it_may_not(string language, ColorScheme scheme)
    {
        using var teller = town.Teller($"tram-{language}".ToLowerInvariant());
        var trace = teller.TellOfARequest().ToHexString();
        teller.Flush();
        await town.PageWithAsync($"/traces/{trace}", "INSERT visits");
        await using var context = await _browser.NewContextAsync(new() { Locale = language, ColorScheme = scheme });
        var page = await OpenAsync(context);
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") complaints.Add(message.Text);
        };
        page.Response += (_, answer) =>
        {
            if (!answer.Ok) complaints.Add($"{answer.Status} {answer.Url}");
        };
        page.PageError += (_, error) => complaints.Add(error);

        foreach (var address in (string[])["/", "/resources", "/resources?view=graph", "/resources/town-hall", "/console?name=town-hall", "/logs", "/alerts", "/runbooks/journey-slow", "/traces", $"/traces/{trace}",
            $"/metrics?service={teller.Name}&meter={teller.Name}&instrument=request.duration"])
        {
            await page.GotoAsync(new Uri(town.Http.BaseAddress!, address).ToString().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
            (await page.GetAttributeAsync("html", "lang")).ShouldBe(language);
            var faults = (await page.RunAxe()).Violations;
            faults.Select(fault => $"{fault.Id}: {fault.Help} {string.Join(' ', fault.Nodes.Select(node => node.Html))}").ShouldBeEmpty(address);
        }

        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_follows_what_happens_without_being_loaded_again()
    {
        await using var context = await _browser.NewContextAsync(new() { Locale = "en" });
        var page = await OpenAsync(context);
        await page.GotoAsync($"{Origin}/resources");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByRole(AriaRole.Rowheader, new() { Name = "house-2" }) });

        await page.EvaluateAsync("() => { window.stayed = true; }");
        await town.Http.PostAsync("/api/resources/house-2/stop", null, TestContext.Current.CancellationToken);
        await Assertions.Expect(row).ToContainTextAsync("exited", new() { Timeout = 20_000 });
        (await page.EvaluateAsync<bool>("() => window.stayed === true")).ShouldBeTrue();

        await page.GetByRole(AriaRole.Button, new() { Name = "Start house-2", Exact = true }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("running", new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task A_console_is_live()
    {
        await using var context = await _browser.NewContextAsync(new() { Locale = "en" });
        var page = await OpenAsync(context);
        await page.GotoAsync($"{Origin}/console?name=gate");

        await town.Http.PostAsync("/api/resources/gate/restart", null, TestContext.Current.CancellationToken);

        await Assertions.Expect(page.Locator("#lines")).ToContainTextAsync("Application is shutting down", new() { Timeout = 20_000 });
        await town.Town.EventuallyAsync("gate", gate => gate.Healthy);
    }

    [Fact]
    public async Task The_language_can_be_chosen_and_stays_chosen()
    {
        await using var context = await _browser.NewContextAsync(new() { Locale = "en" });
        var page = await OpenAsync(context);
        await page.GotoAsync($"{Origin}/traces?q=ferry");

        await page.GetByRole(AriaRole.Link, new() { Name = "简体中文" }).ClickAsync();

        page.Url.ShouldEndWith("/traces?q=ferry");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("链路");
    }

    private string Origin => new Uri(town.LoginUrl).GetLeftPart(UriPartial.Authority);

    private async Task<IPage> OpenAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(town.LoginUrl);
        return page;
    }
}

using System.Net;

namespace SmartCity.Portal.Tests;

/// <summary>What holds for every page.</summary>
public sealed class PageTests(PortalCity city)
{
    private const int MostBytes = 60 * 1024;

    [Theory]
    [InlineData("/", "home", 200)]
    [InlineData("/sign-in", "sign-in", 200)]
    [InlineData("/sign-in/staff", "sign-in-staff", 200)]
    [InlineData("/nowhere", "not-found", 404)]
    public async Task Public_pages_are_for_everyone(string path, string name, int status)
    {
        var page = await city.PhoneAsync();
        await page.LookAsync(path, name, status);
    }

    [Fact]
    public async Task The_first_view_is_light_and_comes_from_the_city_alone()
    {
        var page = await city.PhoneAsync();
        var session = await page.Context.NewCDPSessionAsync(page);
        var (bytes, strangers) = (0L, new List<string>());
        await session.SendAsync("Network.enable");
        session.Event("Network.loadingFinished").OnEvent += (_, sent) => Interlocked.Add(ref bytes, (long)sent!.Value.GetProperty("encodedDataLength").GetDouble());
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != city.Gateway.Authority) strangers.Add(request.Url);
        };

        await page.GotoAsync("/", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.NetworkIdle });

        strangers.ShouldBeEmpty();
        bytes.ShouldBeInRange(1, MostBytes);
        TestContext.Current.SendDiagnosticMessage($"First view: {bytes} bytes over the wire.");
    }

    [Fact]
    public async Task Files_are_kept_for_good_and_pages_are_not()
    {
        using var handler = new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None };
        using var http = new HttpClient(handler) { BaseAddress = city.Gateway };
        http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("br, gzip");
        var html = await new HttpClient { BaseAddress = city.Gateway }.GetStringAsync("/");
        var style = html.Split("rel=\"stylesheet\" href=\"")[1].Split('"')[0];

        using var file = await http.GetAsync($"/{style}");
        using var page = await http.GetAsync("/");

        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        file.Headers.CacheControl!.ToString().ShouldContain("immutable");
        file.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
        page.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldNotContain("unsafe");
    }

    [Fact]
    public async Task A_form_without_its_token_does_nothing()
    {
        using var http = new HttpClient { BaseAddress = city.Gateway };

        using var answer = await http.PostAsync("/preferences", new FormUrlEncodedContent([new("language", "en"), new("back", "/")]));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task Chosen_language_and_print_are_remembered()
    {
        var page = await city.PhoneAsync("zh-CN");
        await page.GotoAsync("/sign-in");
        await page.ClickAsync("button[name=language]");
        await page.WaitForSelectorAsync("html[lang=en]");
        await page.ClickAsync("button[name=print]");
        await page.WaitForSelectorAsync("html.large");
        page.Url.ShouldEndWith("/sign-in");
        await page.GotoAsync("/");

        (await page.GetAttributeAsync("html", "lang")).ShouldBe("en");
        (await page.GetAttributeAsync("html", "class")).ShouldBe("large");
    }
}

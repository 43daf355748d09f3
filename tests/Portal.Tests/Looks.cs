using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace SmartCity.Portal.Tests;

/// <summary>How a page looks and reads: pictures of it, what axe finds, and whether it fits the window, in both languages and both sizes of print.</summary>
internal static class Looks
{
    private const string Normal = "normal";
    private const string Large = "large";

    private static readonly string[] Grave = ["serious", "critical"];

    /// <summary>Looks at a page that only reads, and leaves it in English at normal size.</summary>
    public static async Task LookAsync(this IPage page, string path, string name, int status = 200)
    {
        var findings = new List<string>();
        foreach (var language in new[] { "zh-CN", "en" })
        {
            await page.SpeakAsync(language);
            (await page.GotoAsync(path))!.Status.ShouldBe(status, path);
            findings.AddRange(await page.FindAsync($"{name}-{language}-{Normal}"));
            // All that the server does for large print is this class (PageTests).
            await page.SetPrintAsync(Large);
            findings.AddRange(await page.FindAsync($"{name}-{language}-{Large}"));
            await page.SetPrintAsync(Normal);
        }

        findings.ShouldBeEmpty();
    }

    /// <summary>Looks at a page as it is now.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(this IPage page, string name)
    {
        await page.TakePictureAsync(name);
        var found = await page.RunAxe();
        return
        [
            .. found.Violations.Where(violation => Grave.Contains(violation.Impact)).Select(violation => $"{name}: {violation.Id} {violation.Nodes[0].Html}"),
            .. await page.FindWidthAsync(name),
        ];
    }

    /// <summary>From the next page on.</summary>
    public static Task SpeakAsync(this IPage page, string language) =>
        page.Context.AddCookiesAsync([new Cookie { Name = "language", Value = language, Url = new Uri(page.Url is "about:blank" ? "http://localhost" : page.Url).GetLeftPart(UriPartial.Authority) }]);

    /// <summary>The whole page, with the bar at its end: where it floats depends on the window.</summary>
    public static async Task TakePictureAsync(this IPage page, string name)
    {
        await page.EvaluateAsync("document.querySelector('.tabs')?.style.setProperty('position', 'static')");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(PortalCity.Pictures, $"{name}.png"), FullPage = true, Scale = ScreenshotScale.Css });
        await page.EvaluateAsync("document.querySelector('.tabs')?.style.removeProperty('position')");
    }

    private static Task SetPrintAsync(this IPage page, string print) => page.EvaluateAsync("print => document.documentElement.className = print", print);

    /// <summary>A page wider than the phone cannot be read with one thumb.</summary>
    private static async Task<string[]> FindWidthAsync(this IPage page, string name) =>
        await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1") ? [$"{name}: wider than the window"] : [];
}

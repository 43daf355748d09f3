using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace SmartCity.Portal.Tests;

/// <summary>How a page looks and reads: a picture of it, and what axe finds, in both languages and both sizes of print.</summary>
internal static class Looks
{
    private static readonly string[] Grave = ["serious", "critical"];

    /// <summary>Looks at a page that only reads, four times.</summary>
    public static async Task LookAsync(this IPage page, string path, string name)
    {
        var findings = new List<string>();
        foreach (var language in new[] { "zh-CN", "en" })
        {
            foreach (var print in new[] { "normal", "large" })
            {
                await page.Context.AddCookiesAsync([Cookie(page, "language", language), Cookie(page, "print", print)]);
                await page.GotoAsync(path);
                findings.AddRange(await page.FindAsync($"{name}-{language}-{print}"));
            }
        }

        findings.ShouldBeEmpty();
    }

    /// <summary>Looks at a page as it is now.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(this IPage page, string name)
    {
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(PortalCity.Pictures, $"{name}.png"), FullPage = true });
        // A page wider than the phone cannot be read with one thumb.
        var tooWide = await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1");
        var found = await page.RunAxe();
        return
        [
            .. found.Violations.Where(violation => Grave.Contains(violation.Impact)).Select(violation => $"{name}: {violation.Id} {violation.Nodes[0].Html}"),
            .. tooWide ? [$"{name}: wider than the window"] : Array.Empty<string>(),
        ];
    }

    private static Cookie Cookie(IPage page, string name, string value) =>
        new() { Name = name, Value = value, Url = new Uri(page.Url is "about:blank" ? "http://localhost" : page.Url).GetLeftPart(UriPartial.Authority) };
}

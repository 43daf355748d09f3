using Microsoft.Playwright;

namespace SmartCity.Portal.Tests;

/// <summary>Sends forms as somebody does who waits for what comes of it.</summary>
internal static class Forms
{
    /// <summary>Clicks, and waits until another page says that it is done: the one before may have said so too.</summary>
    public static Task SendAsync(this IPage page, string button) => page.SendAsync(page.Locator(button).First);

    /// <inheritdoc cref="SendAsync(IPage, string)"/>
    public static async Task SendAsync(this IPage page, ILocator button)
    {
        await page.EvaluateAsync("document.documentElement.dataset.left = ''");
        await button.ClickAsync();
        await page.WaitForSelectorAsync("html:not([data-left]) .done");
    }
}

using System.Diagnostics;
using Microsoft.Playwright;

namespace SmartCity.Portal.Tests;

/// <summary>Reads a code as another machine would: from a picture of the screen.</summary>
internal static class Qr
{
    public static async Task<string> ReadQrAsync(this IPage page, string name)
    {
        var picture = Path.Combine(PortalCity.Pictures, $"qr-{name}.png");
        await page.Locator(".qr").ScreenshotAsync(new LocatorScreenshotOptions { Path = picture });
        using var reader = Process.Start(new ProcessStartInfo("zbarimg", ["--quiet", "--raw", picture]) { RedirectStandardOutput = true })!;
        var text = await reader.StandardOutput.ReadToEndAsync();
        await reader.WaitForExitAsync();
        return text.Trim();
    }

    /// <summary>Holds this screen before the camera of every phone.</summary>
    public static async Task ShowToCameraAsync(this IPage page)
    {
        var frame = await page.ScreenshotAsync(new PageScreenshotOptions { Type = ScreenshotType.Jpeg, Quality = 90 });
        await File.WriteAllBytesAsync(PortalCity.Camera, [.. frame, .. frame]);
    }
}

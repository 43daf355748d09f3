using Microsoft.AspNetCore.Components;
using QRCoder;

namespace SmartCity.Portal.Web;

/// <summary>QR codes as they stand in pages: part of the page itself, so that a page that is kept shows its code without the city.</summary>
internal static class QrPicture
{
    private const int ModulePixels = 4;

    /// <summary>Draws a text.</summary>
    public static MarkupString Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(data);
        return Inline(svg.GetGraphic(ModulePixels));
    }

    /// <summary>Takes over a picture that a service of the city drew, without what belongs to a document of its own.</summary>
    public static MarkupString Inline(string svg) => new(svg[Math.Max(0, svg.IndexOf("<svg", StringComparison.Ordinal))..]);
}

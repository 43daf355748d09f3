using QRCoder;

namespace SmartCity.HealthCode.Features;

/// <summary>A code as a picture.</summary>
internal static class QrPicture
{
    private const int ModulePixels = 8;

    public static string Svg(string text)
    {
        using var data = Draw(text);
        using var svg = new SvgQRCode(data);
        return svg.GetGraphic(ModulePixels);
    }

    public static byte[] Png(string text)
    {
        using var data = Draw(text);
        using var png = new PngByteQRCode(data);
        return png.GetGraphic(ModulePixels);
    }

    private static QRCodeData Draw(string text) => QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
}

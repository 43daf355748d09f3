using System.Diagnostics;

namespace SmartCity.HealthCode.Tests;

/// <summary>Reads a picture of a QR code as a scanner does: <c>zbarimg</c> of the zbar-tools.</summary>
internal static class QrText
{
    public static string Read(byte[] png)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        File.WriteAllBytes(file, png);
        try
        {
            using var scanner = Process.Start(new ProcessStartInfo("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file]) { RedirectStandardOutput = true })!;
            var text = scanner.StandardOutput.ReadToEnd().TrimEnd('\n');
            scanner.WaitForExit();
            return text;
        }
        finally
        {
            File.Delete(file);
        }
    }
}

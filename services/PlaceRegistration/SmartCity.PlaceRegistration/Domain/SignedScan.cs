using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>What a device signs of a scan (HMAC-SHA-256 with the device's key, hexadecimal), so that a queue of scans cannot be changed or added to on its way.</summary>
internal static class SignedScan
{
    /// <summary>The scan's id, its times in milliseconds since 1970 (empty where there is none), and the text that was scanned, one a line.</summary>
    public static string Sign(byte[] deviceKey, Guid scan, DateTimeOffset at, DateTimeOffset? until, string credential) => Convert.ToHexStringLower(HMACSHA256.HashData(
        deviceKey,
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{scan:D}\n{at.ToUnixTimeMilliseconds()}\n{until?.ToUnixTimeMilliseconds()}\n{credential}"))));

    public static bool IsSigned(byte[] deviceKey, Guid scan, DateTimeOffset at, DateTimeOffset? until, string credential, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(deviceKey, scan, at, until, credential)), Encoding.UTF8.GetBytes(signature));
}

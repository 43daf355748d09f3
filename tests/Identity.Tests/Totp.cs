using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Identity.Tests;

/// <summary>An authenticator app (RFC 6238).</summary>
internal static class Totp
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The code of now; <paramref name="stepsAgo"/> 1 is that before, -1 the next.</summary>
    public static string Now(string secret, int stepsAgo = 0)
    {
        Span<byte> step = stackalloc byte[8];
        // Identity itself reads the system's clock here.
        BinaryPrimitives.WriteInt64BigEndian(step, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30 - stepsAgo);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 6238 and authenticator apps use SHA-1.
        HMACSHA1.HashData(Decode(secret), step, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash[(hash[19] & 15)..]) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    public static string Wrong(string secret)
    {
        string[] near = [.. Enumerable.Range(-3, 7).Select(steps => Now(secret, steps))];
        return Enumerable.Range(0, 10).Select(number => number.ToString("D6", CultureInfo.InvariantCulture)).First(code => !near.Contains(code));
    }

    private static byte[] Decode(string base32)
    {
        var bits = string.Concat(base32.Select(letter => Convert.ToString(Alphabet.IndexOf(letter), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(index => Convert.ToByte(bits.Substring(index * 8, 8), 2))];
    }
}

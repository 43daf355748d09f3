using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>
/// The changing code on a place's screen: <c>SCR:</c>, the place, the half minute it is for, and a signature (HMAC-SHA-256, its first 128 bits) by the place's
/// screen key, in hexadecimal. A photograph of it is worthless a minute later, and nobody can make the next one.
/// </summary>
internal readonly record struct ScreenCode(Guid PlaceId, uint Slot, string Signature)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private const string Prefix = "SCR:";
    private const int IdDigits = 32;
    private const int SlotDigits = 8;
    private const int SignatureBytes = 16;

    public string Text => $"{Prefix}{PlaceId:N}{Slot:X8}{Signature}".ToUpperInvariant();

    /// <summary>When the screen must show the next.</summary>
    public DateTimeOffset ValidUntil => DateTimeOffset.UnixEpoch + ((Slot + 1L) * Period);

    public static ScreenCode Of(Guid placeId, byte[] screenKey, DateTimeOffset now) => Of(placeId, screenKey, SlotOf(now));

    public static bool TryParse([NotNullWhen(true)] string? text, out ScreenCode code)
    {
        code = default;
        var digits = text?.Trim().ToUpperInvariant();
        if (digits?.Length != Prefix.Length + IdDigits + SlotDigits + (2 * SignatureBytes) || !digits.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        digits = digits[Prefix.Length..];
        if (digits.AsSpan().IndexOfAnyExcept("0123456789ABCDEF") >= 0) return false;
        code = new ScreenCode(Guid.ParseExact(digits[..IdDigits], "N"), Convert.ToUInt32(digits.Substring(IdDigits, SlotDigits), 16), digits[(IdDigits + SlotDigits)..]);
        return true;
    }

    /// <summary>Whether the place's screen showed it now or a moment ago: one period either way for slow hands and clocks.</summary>
    public bool IsShownAt(DateTimeOffset now, byte[] screenKey)
    {
        var expected = Of(PlaceId, screenKey, Slot).Signature;
        return CryptographicOperations.FixedTimeEquals(Convert.FromHexString(expected), Convert.FromHexString(Signature)) && Math.Abs((long)SlotOf(now) - Slot) <= 1;
    }

    private static uint SlotOf(DateTimeOffset now) => (uint)((now - DateTimeOffset.UnixEpoch) / Period);

    private static ScreenCode Of(Guid placeId, byte[] screenKey, uint slot)
    {
        Span<byte> message = stackalloc byte[20];
        placeId.TryWriteBytes(message, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(message[16..], slot);
        return new ScreenCode(placeId, slot, Convert.ToHexString(HMACSHA256.HashData(screenKey, message).AsSpan(0, SignatureBytes)));
    }
}

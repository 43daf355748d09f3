using System.Security.Cryptography;

namespace SmartCity.HealthCode.Domain;

/// <summary>An id that follows from two others, so that the same write made twice meets itself.</summary>
internal static class StableId
{
    /// <param name="owner">Whose it is, so that the keys of two callers never meet.</param>
    /// <param name="key">The caller's key.</param>
    /// <param name="part">Which of several that one write makes.</param>
    /// <returns>A UUID of version 8 (RFC 9562 §5.8) from SHA-256.</returns>
    public static Guid Of(Guid owner, Guid key, byte part = 0)
    {
        Span<byte> text = stackalloc byte[33];
        owner.TryWriteBytes(text, bigEndian: true, out _);
        key.TryWriteBytes(text[16..], bigEndian: true, out _);
        text[32] = part;
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}

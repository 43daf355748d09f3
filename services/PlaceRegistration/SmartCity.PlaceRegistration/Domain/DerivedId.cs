using System.Security.Cryptography;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>Ids that follow from others: the same parts give the same id in every process and for ever.</summary>
internal static class DerivedId
{
    /// <summary>Of a version 7 UUID (RFC 9562 §5.7).</summary>
    private const int TimeBytes = 6;

    /// <summary>One exposure per case, contact and place, however often tracing runs.</summary>
    public static Guid OfExposure(Guid caseId, Guid citizenId, Guid placeId) => Of(caseId, citizenId, placeId);

    /// <summary>
    /// A client's key is a caller's own: another caller with the same key means another write. Where the key tells its time (version 7), the time stays in
    /// front, so that the keys of one moment lie together in the index and not all over it.
    /// </summary>
    public static Guid OfWrite(Guid accountId, Guid key)
    {
        var id = Of(accountId, key);
        if (key.Version != 7) return id;
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> timed = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        key.TryWriteBytes(timed, bigEndian: true, out _);
        timed[..TimeBytes].CopyTo(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The n-th write of a request.</summary>
    public static Guid OfPart(Guid id, int part) => Of(id, new Guid(part, 0, 0, new byte[8]));

    /// <summary>A version 8 UUID (RFC 9562 §5.8) from the SHA-256 of the parts.</summary>
    private static Guid Of(params ReadOnlySpan<Guid> parts)
    {
        Span<byte> input = stackalloc byte[parts.Length * 16];
        for (var index = 0; index < parts.Length; index++) parts[index].TryWriteBytes(input[(index * 16)..], bigEndian: true, out _);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}

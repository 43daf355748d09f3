using System.Buffers.Text;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Certificates;

/// <summary>
/// Which certificates are revoked: one bit for each, compressed (W3C Bitstring Status List v1.0). A list is never shorter than 131,072 bits, and indexes are random,
/// so that whoever fetches a list does not tell which certificate is looked at.
/// </summary>
public sealed class StatusList
{
    /// <summary>How many certificates a list has room for.</summary>
    public const int Length = 131_072;

    /// <summary>The type in the header of a signed list.</summary>
    public const string JwsType = "vc+jwt";

    private readonly byte[] bits;

    private StatusList(byte[] bits, string id, DateTimeOffset validUntil) => (this.bits, Id, ValidUntil) = (bits, id, validUntil);

    /// <summary>Where the list is published.</summary>
    public string Id { get; }

    /// <summary>From when on a newer list is to be fetched, not included.</summary>
    public DateTimeOffset ValidUntil { get; }

    /// <summary>Whether the certificate with the index is revoked; true where the list has no such index.</summary>
    public bool IsRevoked(long index) => index < 0 || index >= bits.Length * 8L || (bits[index / 8] & (0x80 >> (int)(index % 8))) != 0;

    /// <summary>The credential that says so, ready to sign.</summary>
    /// <param name="id">Where it is published.</param>
    /// <param name="issuer">Who says so.</param>
    /// <param name="revoked">The indexes of what is revoked.</param>
    /// <param name="now">From when it holds, UTC.</param>
    /// <param name="validUntil">Until when, UTC, not included.</param>
    public static JsonObject ToCredential(string id, string issuer, IEnumerable<int> revoked, DateTimeOffset now, DateTimeOffset validUntil)
    {
        var bits = new byte[Length / 8];
        foreach (var index in revoked) bits[index / 8] |= (byte)(0x80 >> (index % 8));
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zip.Write(bits);
        return new JsonObject
        {
            ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2"),
            ["id"] = id,
            ["type"] = new JsonArray("VerifiableCredential", "BitstringStatusListCredential"),
            ["issuer"] = issuer,
            ["validFrom"] = CertificateCredential.Time(now),
            ["validUntil"] = CertificateCredential.Time(validUntil),
            ["credentialSubject"] = new JsonObject
            {
                ["id"] = $"{id}#list", ["type"] = "BitstringStatusList", ["statusPurpose"] = "revocation",
                ["encodedList"] = $"u{Base64Url.EncodeToString(packed.ToArray())}",
            },
        };
    }

    /// <summary>Reads and verifies a published list.</summary>
    /// <returns>Null where it is not signed by one of the keys, or is no list.</returns>
    public static StatusList? Verify(string text, IEnumerable<PublicKey> keys)
    {
        if (Jws.Verify(text, JwsType, keys) is not { } payload) return null;
        try
        {
            using var document = JsonDocument.Parse(payload);
            var (root, subject) = (document.RootElement, document.RootElement.GetProperty("credentialSubject"));
            if (subject.GetProperty("type").GetString() != "BitstringStatusList" || subject.GetProperty("statusPurpose").GetString() != "revocation") return null;
            var encoded = subject.GetProperty("encodedList").GetString()!;
            return encoded.StartsWith('u')
                ? new StatusList(Unpack(Base64Url.DecodeFromChars(encoded.AsSpan(1))), root.GetProperty("id").GetString()!, root.GetProperty("validUntil").GetDateTimeOffset())
                : null;
        }
        // Signed by the city, but not what this verifier knows.
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }

    /// <summary>No more than a list of our own has: what unpacks to more is made to fill a memory.</summary>
    private static byte[] Unpack(byte[] packed)
    {
        var bits = new byte[Length / 8];
        using var zip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        zip.ReadExactly(bits);
        return zip.ReadByte() < 0 ? bits : throw new InvalidDataException("Longer than a list is.");
    }
}

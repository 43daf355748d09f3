using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SmartCity.HealthCode.Credentials.Cbor;

namespace SmartCity.HealthCode.Credentials.Cose;

/// <summary>A message with one signature (RFC 9052 §4.2).</summary>
internal sealed record CoseSign1(
    SignatureAlgorithm Algorithm, KeyId KeyId, ReadOnlyMemory<byte> Protected, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Signature)
{
    private const ulong Sign1Tag = 18;
    private const ulong CwtTag = 61;
    private const long AlgorithmLabel = 1;
    private const long CriticalLabel = 2;
    private const long KeyIdLabel = 4;

    /// <param name="encoded">The message.</param>
    /// <param name="deterministic">
    /// The city's own form: deterministic CBOR, tag 18, every header protected. Foreign issuers may omit the tag, add the CWT tag
    /// (RFC 8392 §6) and put key id or algorithm into the unprotected header, where the protected one goes first (eHN HCERT 1.0.5 §3.2.2).
    /// </param>
    /// <param name="message">The message's parts.</param>
    /// <param name="fault">Why it was refused.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> encoded, bool deterministic, [NotNullWhen(true)] out CoseSign1? message, [NotNullWhen(false)] out string? fault)
    {
        message = null;
        if (!CborReader.TryRead(encoded, deterministic, out var item, out fault))
            return false;
        if (item is CborValue.Tagged { Tag: CwtTag } && !deterministic)
            item = ((CborValue.Tagged)item).Content;
        if (item is CborValue.Tagged { Tag: Sign1Tag } tagged)
            item = tagged.Content;
        else if (deterministic || item is CborValue.Tagged)
            return Refuse(out fault, "not tagged as COSE_Sign1");
        if (item is not CborValue.Array { Items: [CborValue.Bytes head, CborValue.Map open, CborValue.Bytes payload, CborValue.Bytes signature] })
            return Refuse(out fault, "not an array of protected and unprotected header, payload and signature");

        var closed = CborValue.Map.Empty;
        if (!head.Value.IsEmpty)
        {
            if (!CborReader.TryRead(head.Value, deterministic, out var decoded, out fault))
                return false;
            if (decoded is not CborValue.Map map)
                return Refuse(out fault, "the protected header is not a map");
            closed = map;
        }
        if (deterministic && open.Entries.Count > 0)
            return Refuse(out fault, "a header is not protected");
        // RFC 9052 §3.1: who does not understand a critical header must refuse the message; this reader understands none.
        if (closed[CriticalLabel] is not null || open[CriticalLabel] is not null)
            return Refuse(out fault, "a critical header is not understood");
        if ((closed[AlgorithmLabel] ?? open[AlgorithmLabel]) is not CborValue.Integer { Value: var algorithm }
            || !Enum.IsDefined((SignatureAlgorithm)algorithm))
            return Refuse(out fault, "the algorithm is missing or not one of those allowed");
        if ((closed[KeyIdLabel] ?? open[KeyIdLabel]) is not CborValue.Bytes keyId)
            return Refuse(out fault, "the key id is missing");

        message = new((SignatureAlgorithm)algorithm, KeyId.From(keyId.Value.Span), head.Value, payload.Value, signature.Value);
        return true;
    }

    /// <summary>Signs with ES256, every header protected, tag 18.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> payload, ECDsa key, KeyId keyId)
    {
        var head = new CborWriter().Map(2)
            .Integer(AlgorithmLabel).Integer((long)SignatureAlgorithm.Es256)
            .Integer(KeyIdLabel).Bytes(keyId.ToBytes())
            .Written.Span;
        var signature = key.SignData(
            ToBeSigned(head, payload), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new CborWriter().Tag(Sign1Tag).Array(4).Bytes(head).Map(0).Bytes(payload).Bytes(signature).Written.ToArray();
    }

    /// <summary>The SHA-256 hash of everything that is signed and nothing that is not.</summary>
    public byte[] Digest => field ??= SHA256.HashData(ToBeSigned(Protected.Span, Payload.Span));

    /// <summary>Whether the signature is by this key, which is used with its own algorithm only.</summary>
    public bool IsSignedBy(VerificationKey key) => key.Algorithm == Algorithm && key.VerifyDigest(Digest, Signature.Span);

    // Sig_structure of RFC 9052 §4.4 with no external data.
    internal static ReadOnlySpan<byte> ToBeSigned(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload) =>
        new CborWriter(head.Length + payload.Length + 32).Array(4).Text("Signature1").Bytes(head).Bytes([]).Bytes(payload).Written.Span;

    private static bool Refuse(out string fault, string reason)
    {
        fault = reason;
        return false;
    }
}

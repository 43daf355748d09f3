using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmartCity.Signing;

/// <summary>
/// A signed text in the compact serialisation of RFC 7515, ES256 only. Keys that the text itself brings (jwk, jku, x5c, x5u) are never read,
/// a header that must be understood (crit) is refused, and Base64url counts only in its one canonical form.
/// </summary>
public static class Jws
{
    private const int SignatureBytes = 64;
    private const int MostDepth = 16;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MostDepth };

    /// <summary>Signs.</summary>
    /// <param name="key">With what; its id becomes <c>kid</c>.</param>
    /// <param name="type">The media type of the whole without <c>application/</c>, for example <c>vc+jwt</c>: a text of one kind is never taken for another.</param>
    /// <param name="payload">What is signed.</param>
    public static string Sign(OpenedKey key, string type, ReadOnlySpan<byte> payload)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["alg"] = "ES256", ["typ"] = type, ["kid"] = key.Kept.KeyId });
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Checks a signature.</summary>
    /// <param name="text">The compact serialisation.</param>
    /// <param name="type">The type that is expected; a text of another type is refused. Null where anything counts.</param>
    /// <param name="keys">The keys of whoever is trusted.</param>
    /// <returns>What was signed; null where the text is malformed, of another type, or not signed by one of the keys.</returns>
    public static byte[]? Verify(string text, string? type, IEnumerable<PublicKey> keys)
    {
        var parts = text.Split('.', 4);
        if (parts.Length != 3 || Decode(parts[0]) is not { } header || Decode(parts[1]) is not { } payload
            || Decode(parts[2]) is not { Length: SignatureBytes } signature || KeyIdOf(header, type) is not { } keyId)
        {
            return null;
        }

        var signed = Encoding.ASCII.GetBytes(text, 0, parts[0].Length + 1 + parts[1].Length);
        foreach (var known in keys.Where(known => known.Kid == keyId))
        {
            using var ecdsa = known.Open();
            if (ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)) return payload;
        }

        return null;
    }

    private static string? KeyIdOf(byte[] header, string? type)
    {
        try
        {
            using var document = JsonDocument.Parse(header, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.TryGetProperty("crit", out _)) return null;
            return Text(document.RootElement, "alg") == "ES256" && (type is null || Text(document.RootElement, "typ") == type) ? Text(document.RootElement, "kid") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Decode(string text)
    {
        if (!Base64Url.IsValid(text)) return null;
        var bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes) == text ? bytes : null;
    }
}

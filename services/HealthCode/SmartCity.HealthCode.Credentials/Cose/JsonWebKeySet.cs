using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SmartCity.HealthCode.Credentials.Cose;

/// <summary>Public keys as other software reads them: a JWK set (RFC 7517 §5).</summary>
public static class JsonWebKeySet
{
    /// <summary>The ES256 keys on P-256 of a list (RFC 7518 §6.2.1); their <c>kid</c> is the key id in base64url.</summary>
    /// <param name="keys">The keys to publish; others than ES256 on P-256 are not the city's own and are left out.</param>
    public static string ToJson(IEnumerable<VerificationKey> keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(ToJwk).OfType<JsonNode>()]) }.ToJsonString();

    private static JsonObject? ToJwk(VerificationKey key)
    {
        if (key.Algorithm != SignatureAlgorithm.Es256)
            return null;
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key.SubjectPublicKeyInfo.Span, out _);
        var parameters = ecdsa.ExportParameters(includePrivateParameters: false);
        if (parameters.Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
            return null;
        return new()
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["use"] = "sig",
            ["alg"] = "ES256",
            ["kid"] = Base64Url.EncodeToString(key.Id.ToBytes()),
            ["x"] = Base64Url.EncodeToString(parameters.Q.X),
            ["y"] = Base64Url.EncodeToString(parameters.Q.Y),
        };
    }
}

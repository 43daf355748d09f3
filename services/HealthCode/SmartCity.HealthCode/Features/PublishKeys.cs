using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Anybody gets the public keys with which shown codes verify offline.</summary>
internal static class PublishKeys
{
    /// <param name="Keys">A JWK Set (RFC 7517).</param>
    public sealed record KeySet(IReadOnlyList<Key> Keys);

    /// <summary>A public key on P-256 (RFC 7518 §6.2).</summary>
    /// <param name="Kid">The key id as shown codes name it (COSE header 4), Base64.</param>
    /// <param name="X">X coordinate, base64url.</param>
    /// <param name="Y">Y coordinate, base64url.</param>
    public sealed record Key(string Kid, string X, string Y)
    {
        public string Kty => "EC";
        public string Crv => "P-256";
        public string Alg => "ES256";
        public string Use => "sig";
    }

    public static void Map(RouteGroupBuilder features) => features.MapGet("/keys", Handle)
        .WithName("GetKeys")
        .WithSummary("The public keys with which shown codes verify offline (JWK Set)")
        .AllowEveryone();

    private static Ok<KeySet> Handle(CredentialKeys keys, HttpContext http)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(new KeySet([.. keys.Published.Select(ToJwk)]));
    }

    private static Key ToJwk(VerificationKey key)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key.SubjectPublicKeyInfo.Span, out _);
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        return new Key(key.Id.Base64, Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Anybody gets what verifies shown codes offline: the public keys, the signed list of them, and the signed list of revoked codes.</summary>
internal static class PublishKeys
{
    private const string Cose = "application/cose; cose-type=\"cose-sign1\"";

    /// <param name="Keys">A JWK Set (RFC 7517), newest first.</param>
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

    public static void Map(RouteGroupBuilder features)
    {
        var example = new Key("Ux3dQ0ZrJ2E=", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        features.MapGet("/keys", (CredentialKeys keys, HttpContext http) => Answer(http, keys.Published))
            .WithName("GetKeys")
            .WithSummary("The public keys with which shown codes verify offline (JWK Set)")
            .WithExample(answer: new KeySet([example]))
            .AllowEveryone();
        features.MapGet("/trust-list/key", (CredentialKeys keys, HttpContext http) => Answer(http, [keys.Root]))
            .WithName("GetTrustListKey")
            .WithSummary("The public key that signs the trust list: given to a gate once, when it is set up, and compared with the printed fingerprint")
            .WithExample(answer: new KeySet([example]))
            .AllowEveryone();
        MapList(features, "/trust-list", ListKind.TrustedKeys, "GetTrustList", "The signed list of the keys that gates trust: CWT in COSE_Sign1");
        MapList(features, "/revocation-list", ListKind.RevokedCodes, "GetRevocationList", "The signed list of revoked printed codes, a binary fuse filter: CWT in COSE_Sign1");
    }

    private static void MapList(RouteGroupBuilder features, string path, ListKind kind, string name, string summary) =>
        features.MapGet(path, (SignedLists lists, HttpContext http) => Give(lists.Newest(kind), http))
            .WithName(name)
            .WithSummary(summary)
            .Produces(StatusCodes.Status200OK, contentType: "application/cose")
            .Produces(StatusCodes.Status304NotModified)
            .AllowEveryone();

    private static Results<FileContentHttpResult, StatusCodeHttpResult, Refusal> Give(SignedList? list, HttpContext http)
    {
        if (list is null) return Refusal.Unavailable("temporarily_unavailable");
        var tag = $"\"{list.IssuedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "public, max-age=60";
        if (http.Request.Headers.IfNoneMatch == tag) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return TypedResults.Bytes(list.Content, Cose);
    }

    private static Ok<KeySet> Answer(HttpContext http, IReadOnlyList<VerificationKey> keys)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(new KeySet([.. keys.Select(ToJwk)]));
    }

    private static Key ToJwk(VerificationKey key)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key.SubjectPublicKeyInfo.Span, out _);
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        return new Key(key.Id.Base64, Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
    }
}

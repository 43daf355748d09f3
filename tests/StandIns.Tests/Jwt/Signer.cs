using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace StandIns.Tests.Jwt;

/// <summary>An issuer's key. It signs whatever text it is given, so that tests can write what no proper issuer would.</summary>
internal sealed class Signer(string keyId)
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyId => keyId;

    public string PublicJwk(string? use = "sig") => JsonSerializer.Serialize(
        new Dictionary<string, string?>
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["kid"] = keyId,
            ["use"] = use,
            ["x"] = Base64Url.EncodeToString(_key.ExportParameters(false).Q.X),
            ["y"] = Base64Url.EncodeToString(_key.ExportParameters(false).Q.Y),
        }.Where(member => member.Value is not null).ToDictionary());

    public byte[] PublicKeyBytes => _key.ExportSubjectPublicKeyInfo();

    public string Sign(object payload) => SignText(Header(), JsonSerializer.Serialize(payload));

    public string Sign(string header, object payload) => SignText(header, JsonSerializer.Serialize(payload));

    public string SignText(
        string header, string payload, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation,
        Encoding? encoding = null)
    {
        var signed = Encode(header) + "." + Base64Url.EncodeToString((encoding ?? Encoding.UTF8).GetBytes(payload));
        return signed + "." + Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, format));
    }

    public string Header(string algorithm = "ES256") => $$"""{"alg":"{{algorithm}}","typ":"at+jwt","kid":"{{keyId}}"}""";

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}

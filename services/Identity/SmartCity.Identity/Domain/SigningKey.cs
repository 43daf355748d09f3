using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Domain;

/// <summary>An ES256 key (RFC 7518 §3.4) as it is kept: the public point for everybody, the private part sealed.</summary>
internal sealed class SigningKey : IScheduledKey
{
    public Guid Id { get; private init; }

    /// <summary>The key's thumbprint (RFC 7638).</summary>
    public string KeyId { get; private init; } = "";

    public string X { get; private init; } = "";

    public string Y { get; private init; } = "";

    public byte[] PrivateKeySealed { get; private init; } = [];

    public DateTimeOffset SignsFrom { get; private init; }

    public static SigningKey Create(DateTimeOffset signsFrom, PersonalData personalData)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        var (id, x, y) = (Guid.CreateVersion7(), Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        return new SigningKey
        {
            Id = id,
            KeyId = Thumbprint(x, y),
            X = x,
            Y = y,
            PrivateKeySealed = personalData.Seal(Convert.ToBase64String(ecdsa.ExportPkcs8PrivateKey()), id),
            SignsFrom = signsFrom,
        };
    }

    public ECDsa Open(PersonalData personalData)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(Convert.FromBase64String(personalData.Open(PrivateKeySealed, Id)), out _);
        return ecdsa;
    }

    /// <summary>SHA-256 of the required members in lexical order, without white space.</summary>
    public static string Thumbprint(string x, string y) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
}

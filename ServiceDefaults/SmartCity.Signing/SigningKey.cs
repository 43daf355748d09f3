using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SmartCity.ServiceDefaults;

namespace SmartCity.Signing;

/// <summary>An ES256 key (RFC 7518 §3.4) as it is kept in the table <c>signing_keys</c>: the public point for everybody, the private part sealed.</summary>
public sealed class SigningKey : IScheduledKey
{
    /// <summary>The row, to which the private part is bound.</summary>
    public Guid Id { get; private init; }

    /// <summary>The key's thumbprint (RFC 7638); the <c>kid</c> of what it signs.</summary>
    public string KeyId { get; private init; } = "";

    /// <summary>The point's x, 32 bytes in Base64url.</summary>
    public string X { get; private init; } = "";

    /// <summary>The point's y, 32 bytes in Base64url.</summary>
    public string Y { get; private init; } = "";

    /// <summary>PKCS #8, sealed with the service's <see cref="PersonalData"/> key.</summary>
    public byte[] PrivateKeySealed { get; private init; } = [];

    /// <inheritdoc />
    public DateTimeOffset SignsFrom { get; private init; }

    internal static SigningKey Create(DateTimeOffset signsFrom, PersonalData personalData)
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

    internal ECDsa Open(PersonalData personalData)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(Convert.FromBase64String(personalData.Open(PrivateKeySealed, Id)), out _);
        return ecdsa;
    }

    /// <summary>The key as everybody may see it.</summary>
    public PublicKey Public => new(KeyId, X, Y);

    /// <summary>SHA-256 of the required members in lexical order, without white space (RFC 7638), in Base64url.</summary>
    public static string Thumbprint(string x, string y) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
}

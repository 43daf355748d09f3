using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Microsoft.IdentityModel.Tokens
{
    public abstract class SecurityKey
    {
        public virtual string? KeyId { get; set; }

        internal abstract ECParameters PublicPoint { get; }
    }

    public class ECDsaSecurityKey(ECDsa ecdsa) : SecurityKey
    {
        public ECDsa ECDsa { get; } = ecdsa;

        internal override ECParameters PublicPoint { get; } = OnP256(ecdsa.ExportParameters(includePrivateParameters: false));

        private static ECParameters OnP256(ECParameters key) => key.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? key
            : throw new ArgumentException("ES256 needs a key on P-256");
    }

    /// <summary>RFC 7517. Any key can be read; only those that may check ES256 signatures are signing keys.</summary>
    public class JsonWebKey : SecurityKey
    {
        private const int CoordinateLength = 32;

        public JsonWebKey()
        {
        }

        /// <exception cref="ArgumentException">The text is no JWK.</exception>
        public JsonWebKey(string json)
        {
            try
            {
                using var document = StrictJson.Object(Encoding.UTF8.GetBytes(json));
                Read(document.RootElement);
            }
            catch (JsonException e)
            {
                throw new ArgumentException("The text is no JSON Web Key", nameof(json), e);
            }
        }

        internal JsonWebKey(JsonElement key) => Read(key);

        public string? Kid
        {
            get => KeyId;
            set => KeyId = value;
        }

        public string? Kty { get; set; }

        public string? Crv { get; set; }

        public string? X { get; set; }

        public string? Y { get; set; }

        public string? Use { get; set; }

        public string? Alg { get; set; }

        public IList<string> KeyOps { get; } = [];

        internal override ECParameters PublicPoint => TryPublicPoint(out var point)
            ? point
            : throw new ArgumentException("The key cannot check ES256 signatures");

        internal bool IsSigningKey => TryPublicPoint(out var point) && IsOnCurve(point);

        private void Read(JsonElement key)
        {
            Kid = StrictJson.String(key, "kid");
            Kty = StrictJson.String(key, "kty");
            Crv = StrictJson.String(key, "crv");
            X = StrictJson.String(key, "x");
            Y = StrictJson.String(key, "y");
            Use = StrictJson.String(key, "use");
            Alg = StrictJson.String(key, "alg");
            foreach (var operation in ClaimsReader.Texts(key, "key_ops"))
                KeyOps.Add(operation);
        }

        private bool TryPublicPoint(out ECParameters point)
        {
            point = default;
            if (Kty != "EC" || Crv != "P-256" || Use is not (null or "sig") || Alg is not (null or Jws.Algorithm)
                || (KeyOps.Count > 0 && !KeyOps.Contains("verify"))
                || !Jws.TryDecode(X ?? "", out var x) || !Jws.TryDecode(Y ?? "", out var y)
                || x.Length != CoordinateLength || y.Length != CoordinateLength)
                return false;

            point = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
            return true;
        }

        private static bool IsOnCurve(ECParameters point)
        {
            try
            {
                ECDsa.Create(point).Dispose();
                return true;
            }
            catch (CryptographicException)
            {
                return false;
            }
        }
    }

    public class JsonWebKeySet
    {
        /// <exception cref="ArgumentException">The text is no JWK set.</exception>
        public JsonWebKeySet(string json)
        {
            try
            {
                using var document = StrictJson.Object(Encoding.UTF8.GetBytes(json));
                foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
                    Keys.Add(new JsonWebKey(key));
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new ArgumentException("The text is no JSON Web Key Set", nameof(json), e);
            }
        }

        public IList<JsonWebKey> Keys { get; } = [];

        public IList<SecurityKey> GetSigningKeys() => [.. Keys.Where(key => key.IsSigningKey)];
    }
}

namespace Microsoft.IdentityModel.JsonWebTokens
{
    /// <summary>Value types of claims that are no simple JSON value.</summary>
    public static class JsonClaimValueTypes
    {
        public const string Json = "JSON";
        public const string JsonArray = "JSON_ARRAY";
        public const string JsonNull = "JSON_NULL";
    }
}

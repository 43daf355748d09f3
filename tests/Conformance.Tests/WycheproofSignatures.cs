using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using PublicKey = SmartCity.Signing.PublicKey;

namespace Conformance.Tests;

/// <summary>What verifies our access tokens, against signatures made to fool verifiers.</summary>
public sealed class WycheproofSignatures
{
    [Fact]
    public void Json_web_signatures() =>
        Subject.Run("wycheproof-jws", Cases("JsonWebSignature", (group, test) =>
        {
            var token = test.GetProperty("jws").ToString();
            var key = new JsonWebKey(group.GetProperty(group.TryGetProperty("public", out _) ? "public" : "private").GetRawText());

            // A signature that is valid by another algorithm is refused: the city has one.
            return Accepts(token, key) == (IsValid(test) && key.IsSigningKey);
        }));

    /// <summary>What verifies certificates, bulletins and other papers that the city signs, by the same cases.</summary>
    [Fact]
    public void Json_web_signatures_of_papers() =>
        Subject.Run("wycheproof-jws-papers", Cases("JsonWebSignature", (group, test) =>
        {
            var key = group.GetProperty(group.TryGetProperty("public", out _) ? "public" : "private");
            var ours = new JsonWebKey(key.GetRawText()).IsSigningKey;
            PublicKey[] keys = ours ? [new PublicKey(key.GetProperty("kid").GetString()!, key.GetProperty("x").GetString()!, key.GetProperty("y").GetString()!)] : [];

            return SmartCity.Signing.Jws.Verify(test.GetProperty("jws").ToString(), type: null, keys) is not null == (IsValid(test) && ours);
        }));

    [Fact]
    public void Signatures_of_fixed_length() =>
        Subject.Run("wycheproof-p1363", Cases("EcdsaP1363Verify", (group, test) =>
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(Hex(group, "publicKeyDer"), out _);
            var jws = new Jws(KeyId: null, Type: null, Payload: [], Hex(test, "msg"), Hex(test, "sig"));

            return jws.IsSignedBy(new ECDsaSecurityKey(ecdsa)) == IsValid(test);
        }));

    private static IEnumerable<Case> Cases(string type, Func<JsonElement, JsonElement, bool> agrees) =>
        from file in ReferenceData.Files(ReferenceData.Folder("wycheproof"), "*.json")
        from theGroup in JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("testGroups").EnumerateArray()
        where theGroup.GetProperty("type").GetString() == type
        from test in theGroup.GetProperty("tests").EnumerateArray()
        select new Case(
            $"{Path.GetFileNameWithoutExtension(file)}#{test.GetProperty("tcId")}",
            () => agrees(theGroup, test) ? null : $"{test.GetProperty("comment")} should be {test.GetProperty("result")}");

    private static bool Accepts(string token, JsonWebKey key)
    {
        try
        {
            var jws = Jws.Parse(token);
            return key.IsSigningKey && (jws.KeyId is null || jws.KeyId == key.KeyId) && jws.IsSignedBy(key);
        }
        catch (SecurityTokenException)
        {
            return false;
        }
    }

    private static bool IsValid(JsonElement test) => test.GetProperty("result").GetString() == "valid";

    private static byte[] Hex(JsonElement test, string member) => Convert.FromHexString(test.GetProperty(member).GetString()!);
}

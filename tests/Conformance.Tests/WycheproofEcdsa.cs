using System.Security.Cryptography;
using System.Text.Json;
using SmartCity.HealthCode.Credentials;

namespace Conformance.Tests;

/// <summary>Valid and malicious signatures on P-256 with SHA-256, in DER and in fixed fields (P1363).</summary>
public sealed class WycheproofEcdsa
{
    [Fact]
    public void Signatures_on_P256_are_judged_as_published()
    {
        var folder = ReferenceData.Folder("wycheproof");
        Subject.Run("wycheproof-ecdsa", ReferenceData.Files(folder, "ecdsa_secp256r1_sha256_*.json").SelectMany(CasesOf));
    }

    private static IEnumerable<Case> CasesOf(string file)
    {
        foreach (var group in JsonElement.Parse(File.ReadAllBytes(file)).GetProperty("testGroups").EnumerateArray())
        {
            var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromHexString(group.GetProperty("publicKeyDer").GetString()!), out _);
            var fixedFields = group.GetProperty("type").GetString() == "EcdsaP1363Verify";
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var name = $"{Path.GetFileName(file)} {test.GetProperty("tcId")}";
                yield return new(name, () => VerdictDiffers(key, fixedFields, test));
            }
        }
    }

    private static string? VerdictDiffers(ECDsa key, bool fixedFields, JsonElement test)
    {
        var message = Convert.FromHexString(test.GetProperty("msg").GetString()!);
        var signature = Convert.FromHexString(test.GetProperty("sig").GetString()!);
        var accepted = fixedFields ? EcdsaSignature.VerifyP1363(key, message, signature) : EcdsaSignature.VerifyDer(key, message, signature);
        var expected = test.GetProperty("result").GetString();
        return expected == "acceptable" || accepted == (expected == "valid")
            ? null
            : $"{(accepted ? "accepted" : "refused")}, {expected}: {test.GetProperty("comment")}";
    }
}

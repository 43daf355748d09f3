using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SmartCity.HealthCode.CertLogic;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Credentials.Dcc;

namespace SmartCity.HealthCode.Data;

/// <summary>
/// Whom the city trusts abroad, from a folder that is read at start: <c>certificates/*.der</c> and <c>*.pem</c> (document signers), <c>rules/*.json</c>
/// (business rules as countries publish them), <c>value-sets.json</c>, and <c>revoked.txt</c> (a country and a certificate's id on each line, read again whenever it changes).
/// A file that cannot be read stops the start: a rule must not be passed over as if it were fulfilled. Without the folder nobody is trusted.
/// </summary>
internal sealed class ForeignTrust
{
    private readonly DccVerifier verifier;
    private readonly IReadOnlyList<BusinessRule> rules;
    private readonly LogicValue valueSets;
    private readonly string revocations;
    private Revocations revoked;

    private ForeignTrust(IEnumerable<VerificationKey> keys, IReadOnlyList<BusinessRule> rules, string revocations, LogicValue valueSets) =>
        (verifier, this.rules, this.revocations, revoked, this.valueSets) = (new DccVerifier(new KeyRing(keys)), rules, revocations, ReadRevocations(revocations), valueSets);

    private sealed record Revocations(DateTime WrittenAt, RevocationFilter Filter, IReadOnlyList<RevocationId> Ids);

    /// <summary>What is withdrawn abroad, as the newest list says.</summary>
    public IReadOnlyList<RevocationId> Revoked => revoked.Ids;

    /// <exception cref="InvalidDataException">A file is wrong.</exception>
    public static ForeignTrust Read(string folder)
    {
        var valueSets = Path.Combine(folder, "value-sets.json");
        return new ForeignTrust(
            Files(folder, "certificates").Where(file => file.EndsWith(".der", StringComparison.Ordinal) || file.EndsWith(".pem", StringComparison.Ordinal)).Select(ReadKey).ToArray(),
            Files(folder, "rules").Where(file => file.EndsWith(".json", StringComparison.Ordinal)).Select(ReadRule).ToArray(),
            Path.Combine(folder, "revoked.txt"),
            File.Exists(valueSets) ? LogicValue.From(JsonElement.Parse(File.ReadAllBytes(valueSets))) : LogicValue.Object());
    }

    /// <summary>Checks signature, key usage, times, schema and revocation, and then what the issuing country itself asks of its certificates.</summary>
    /// <returns>The certificate where all of it holds; else the problem code and what it says beside.</returns>
    public (HealthCertificate? Certificate, string? Code, string? Rule) Verify(string text, DateTimeOffset now)
    {
        var (certificate, refusal) = verifier.Verify(text, now, revoked.Filter);
        if (refusal is not null) return (null, CodeOf(refusal.Fault), null);
        var external = LogicValue.Object(
            KeyValuePair.Create("validationClock", (LogicValue)now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            KeyValuePair.Create("valueSets", valueSets),
            KeyValuePair.Create("countryCode", (LogicValue)certificate!.Issuer),
            KeyValuePair.Create("exp", (LogicValue)certificate.ExpiresAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            KeyValuePair.Create("iat", (LogicValue)(certificate.IssuedAt ?? now).UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
        var payload = LogicValue.From(certificate.Content);
        foreach (var type in Enum.GetValues<BusinessRuleType>())
        {
            foreach (var rule in BusinessRule.Applicable(rules, certificate.Issuer ?? "", type, certificate.Kind.ToString(), now))
            {
                if (!rule.Evaluate(payload, external).IsTrue) return (null, "certificate_rule_failed", rule.Identifier);
            }
        }

        return (certificate, null, null);
    }

    /// <summary>Reads the list of revocations again where it was written anew since.</summary>
    /// <returns>Whether there is a newer one.</returns>
    /// <exception cref="InvalidDataException">It cannot be read; the one before stays in force.</exception>
    public bool Refresh()
    {
        if (File.GetLastWriteTimeUtc(revocations) == revoked.WrittenAt) return false;
        revoked = ReadRevocations(revocations);
        return true;
    }

    private static Revocations ReadRevocations(string file)
    {
        var writtenAt = File.GetLastWriteTimeUtc(file);
        RevocationId[] ids = File.Exists(file) ? [.. File.ReadLines(file).Where(line => line.Length > 0).Select(ReadRevocation)] : [];
        return new Revocations(writtenAt, RevocationFilter.Build(ids), ids);
    }

    private static string CodeOf(CredentialFault fault) => fault switch
    {
        CredentialFault.UnknownKey or CredentialFault.Signature or CredentialFault.KeyUsage or CredentialFault.KeyPeriod => "certificate_untrusted",
        CredentialFault.Expired or CredentialFault.NotYetValid => "certificate_expired",
        CredentialFault.Revoked => "certificate_revoked",
        _ => "certificate_unreadable",
    };

    private static string[] Files(string folder, string kind) =>
        Directory.Exists(Path.Combine(folder, kind)) ? [.. Directory.GetFiles(Path.Combine(folder, kind)).Order(StringComparer.Ordinal)] : [];

    private static VerificationKey ReadKey(string file)
    {
        try
        {
            var content = File.ReadAllBytes(file);
            if (!file.EndsWith(".pem", StringComparison.Ordinal)) return SignerCertificate.ToKey(content);
            var pem = System.Text.Encoding.ASCII.GetString(content);
            return SignerCertificate.ToKey(Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]));
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"The certificate {file} cannot be read.", wrong);
        }
    }

    private static BusinessRule ReadRule(string file) =>
        BusinessRule.TryParse(JsonElement.Parse(File.ReadAllBytes(file)), out var rule, out var fault) ? rule : throw new InvalidDataException($"The rule {file}: {fault}.");

    private static RevocationId ReadRevocation(string line) =>
        line.Split(' ', 2) is [{ Length: 2 } country, { Length: > 0 } id] ? RevocationId.OfCertificate(country, id) : throw new InvalidDataException($"Not a country and a certificate's id: {line}");
}

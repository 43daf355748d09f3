using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.HealthCode.Credentials.Dcc;

/// <summary>The outcome of verifying a European certificate.</summary>
/// <param name="Certificate">What was signed; present as soon as the signature is right and the content can be read.</param>
/// <param name="Refusal">Why the certificate is not accepted; <c>null</c> when it is.</param>
public sealed record DccResult(HealthCertificate? Certificate, Refusal? Refusal)
{
    /// <summary>Whether the certificate is accepted. Business rules come after this.</summary>
    public bool IsValid => Refusal is null;
}

/// <summary>
/// Verifies European certificates (eHN HCERT 1.0.5, DCC schema 1.3.3) against one trust list; for a new list make a new verifier. Of what was
/// verified before, only what time and revocation can change is checked again. Serves any number of threads.
/// </summary>
/// <param name="keys">The trust list.</param>
public sealed class DccVerifier(KeyRing keys)
{
    private readonly RecentScans<Verified> _recent = new();

    // What stays true of a text as long as the trust list is the same.
    private sealed record Verified(HealthCertificate? Certificate, VerificationKey? Signer, Refusal? Refusal);

    /// <summary>Verifies what a scanner read. Never throws for any text.</summary>
    /// <param name="text">The content of the QR code.</param>
    /// <param name="now">The time of the scan.</param>
    /// <param name="revoked">The revocation list at hand, if any.</param>
    public DccResult Verify(string text, DateTimeOffset now, RevocationFilter? revoked = null)
    {
        if (!_recent.TryGet(text, out var verified))
        {
            verified = VerifyAnew(text);
            // Refused texts are endless and would drive out what is scanned again.
            if (verified.Refusal is null)
                _recent.Add(text, verified);
        }
        var refusal = verified.Refusal ?? CheckTimes(verified.Certificate!, verified.Signer!, now);
        if (refusal is null && revoked is not null && verified.Certificate!.RevocationIds.Any(revoked.Contains))
            refusal = new(CredentialFault.Revoked, "withdrawn by its issuer");
        return new(verified.Certificate, refusal);
    }

    internal static Refusal? CheckTimes(HealthCertificate certificate, VerificationKey signer, DateTimeOffset now)
    {
        var issuedAt = certificate.IssuedAt ?? now;
        if (issuedAt < signer.NotBefore || issuedAt > signer.NotAfter)
            return new(CredentialFault.KeyPeriod, "issued outside the key's period");
        return CheckTimes(certificate, now);
    }

    internal static Refusal? CheckTimes(HealthCertificate certificate, DateTimeOffset now)
    {
        if (certificate.IssuedAt > now)
            return new(CredentialFault.NotYetValid, "issued in the future");
        return now > certificate.ExpiresAt ? new(CredentialFault.Expired, "expired") : null;
    }

    private Verified VerifyAnew(string text)
    {
        if (!Envelope.Dcc.TryOpen(text, out var message, out var refusal))
            return new(null, null, refusal);
        var candidates = keys.Find(message.KeyId);
        if (candidates.Count == 0)
            return Refuse(CredentialFault.UnknownKey, $"no key {message.KeyId}");
        if (candidates.FirstOrDefault(message.IsSignedBy) is not { } signer)
            return Refuse(CredentialFault.Signature, "the signature does not match");
        if (!HealthCertificate.TryRead(message, out var certificate, out var fault))
            return Refuse(CredentialFault.Claims, fault);
        if (certificate.SchemaFault is { } schemaFault)
            return Refuse(CredentialFault.Schema, schemaFault, certificate);
        if ((signer.MaySign & certificate.Kind) == 0)
            return Refuse(CredentialFault.KeyUsage, $"the key may not sign a {certificate.Kind}", certificate);
        return new(certificate, signer, null);
    }

    private static Verified Refuse(CredentialFault fault, string detail, HealthCertificate? certificate = null) =>
        new(certificate, null, new(fault, detail));
}

using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Credentials.Dcc;

namespace Credentials.Tests;

public sealed class DccVerifierTests : IDisposable
{
    private static readonly DateTimeOffset Issued = new(2022, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly BigInteger Order = BigInteger.Parse(
        "115792089210356248762697446949407573529996955224135760342422259061068512044369");

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_certificate_is_verified_and_its_content_read()
    {
        var signer = Signer();

        var result = new DccVerifier(new([signer])).Verify(Pack(Sign(signer, Claims())), Issued);

        result.IsValid.ShouldBeTrue(result.Refusal?.Detail);
        result.Certificate!.Kind.ShouldBe(CertificateKinds.Vaccination);
        result.Certificate.Issuer.ShouldBe("XX");
        result.Certificate.CertificateIds.ShouldBe(["URN:UVCI:01:XX:1"]);
        result.Certificate.Content.GetProperty("v")[0].GetProperty("dn").GetInt32().ShouldBe(2);
    }

    [Fact]
    public void A_repeated_scan_still_expires_and_is_still_revoked()
    {
        var signer = Signer();
        var verifier = new DccVerifier(new([signer]));
        var text = Pack(Sign(signer, Claims()));

        var first = verifier.Verify(text, Issued);
        first.IsValid.ShouldBeTrue();
        verifier.Verify(text, Issued.AddHours(1)).IsValid.ShouldBeTrue("the last second is included");
        verifier.Verify(text, Issued.AddHours(1).AddSeconds(1)).Refusal!.Fault.ShouldBe(CredentialFault.Expired);
        verifier.Verify(text, Issued.AddSeconds(-1)).Refusal!.Fault.ShouldBe(CredentialFault.NotYetValid);
        foreach (var id in first.Certificate!.RevocationIds)
            verifier.Verify(text, Issued, RevocationFilter.Build([id])).Refusal!.Fault.ShouldBe(CredentialFault.Revoked);
        verifier.Verify(text, Issued, RevocationFilter.Build([new(1)])).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void No_rewriting_that_keeps_the_signature_valid_escapes_revocation()
    {
        var signer = Signer();
        var verifier = new DccVerifier(new([signer]));
        var message = Sign(signer, Claims());
        var first = verifier.Verify(Pack(message), Issued);
        var revoked = RevocationFilter.Build([first.Certificate!.RevocationIds[0]]);

        var s = new BigInteger(message.AsSpan(^32), isUnsigned: true, isBigEndian: true);
        byte[] negated = [.. message[..^32], .. (Order - s).ToByteArray(isUnsigned: true, isBigEndian: true).PadLeft(32)];
        byte[] untagged = message[1..];
        byte[] tagged = [0xD8, 61, .. message];
        byte[] withHeader = [.. message[..16], 0xA1, 0x05, 0x00, .. message[17..]];
        message[16].ShouldBe((byte)0xA0, "the unprotected header is where this test believes it to be");
        foreach (var rewritten in new[] { negated, untagged, tagged, withHeader })
        {
            verifier.Verify(Pack(rewritten), Issued).IsValid.ShouldBeTrue("the rewriting is harmless to the signature");
            verifier.Verify(Pack(rewritten), Issued, revoked).Refusal!.Fault.ShouldBe(CredentialFault.Revoked);
        }
    }

    [Theory]
    [InlineData("1.3.6.1.4.1.1847.2021.1.2", true)]
    [InlineData("1.3.6.1.4.1.0.1847.2021.1.2", true)]
    [InlineData("1.3.6.1.4.1.1847.2021.1.1", false)]
    [InlineData("1.3.6.1.5.5.7.3.2", false)]
    [InlineData(null, true)]
    public void A_key_signs_only_what_its_certificate_names(string? usage, bool accepted)
    {
        var signer = Signer(usage);

        var result = new DccVerifier(new([signer])).Verify(Pack(Sign(signer, Claims())), Issued);

        result.IsValid.ShouldBe(accepted);
        result.Refusal?.Fault.ShouldBe(CredentialFault.KeyUsage);
    }

    [Fact]
    public void What_was_issued_outside_the_certificates_period_is_refused()
    {
        var signer = Signer();
        var text = Pack(Sign(signer, Claims(issued: Issued.AddYears(-2))));

        new DccVerifier(new([signer])).Verify(text, Issued).Refusal!.Fault.ShouldBe(CredentialFault.KeyPeriod);
    }

    [Fact]
    public void Steps_are_named_in_their_order()
    {
        var signer = Signer();
        var verifier = new DccVerifier(new([signer]));
        var message = Sign(signer, Claims());
        var wrong = (byte[])[.. message[..^1], (byte)(message[^1] ^ 1)];

        Fault("HC2:" + Pack(message)[4..]).ShouldBe(CredentialFault.Prefix);
        Fault("HC1:a").ShouldBe(CredentialFault.Base45);
        Fault("HC1:BB8").ShouldBe(CredentialFault.Compression);
        Fault(Pack([0xA0])).ShouldBe(CredentialFault.Cose);
        Fault(Pack(Sign(signer, Claims(), KeyId.From([1])))).ShouldBe(CredentialFault.UnknownKey);
        Fault(Pack(wrong)).ShouldBe(CredentialFault.Signature);
        Fault(Pack(Sign(signer, [0xA0]))).ShouldBe(CredentialFault.Claims);
        Fault(Pack(Sign(signer, Claims(doses: 0)))).ShouldBe(CredentialFault.Schema);
        Fault(new string('A', 5_000)).ShouldBe(CredentialFault.TooLong);

        CredentialFault Fault(string text) => verifier.Verify(text, Issued).Refusal!.Fault;
    }

    [Fact]
    public void An_rsa_key_is_never_used_for_es256()
    {
        using var rsa = RSA.Create(2048);
        var signer = new VerificationKey(KeyId.From([7]), rsa.ExportSubjectPublicKeyInfo(), SignatureAlgorithm.Ps256);

        new DccVerifier(new([signer])).Verify(Pack(Sign(signer, Claims())), Issued).Refusal!.Fault.ShouldBe(CredentialFault.Signature);
    }

    [Fact]
    public void Weak_or_foreign_keys_are_not_taken_into_trust()
    {
        using var shortRsa = RSA.Create(1024);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);

        Should.Throw<CryptographicException>(() => new VerificationKey(default, shortRsa.ExportSubjectPublicKeyInfo(), SignatureAlgorithm.Ps256));
        Should.Throw<CryptographicException>(() => new VerificationKey(default, curve.ExportSubjectPublicKeyInfo()));
    }

    private VerificationKey Signer(string? usage = null)
    {
        var request = new CertificateRequest("CN=DSC", _key, HashAlgorithmName.SHA256);
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var certificate = request.CreateSelfSigned(Issued.AddYears(-1), Issued.AddYears(1));
        return SignerCertificate.ToKey(certificate.RawData);
    }

    private byte[] Sign(VerificationKey signer, byte[] payload, KeyId? keyId = null) => CoseSign1.Sign(payload, _key, keyId ?? signer.Id);

    private static string Pack(byte[] message) => Envelope.Dcc.Pack(message);

    private static byte[] Claims(DateTimeOffset? issued = null, int doses = 2) => new CborWriter().Map(4)
        .Integer(1).Text("XX")
        .Integer(4).Integer(Issued.AddHours(1).ToUnixTimeSeconds())
        .Integer(6).Integer((issued ?? Issued).ToUnixTimeSeconds())
        .Integer(-260).Map(1).Integer(1).Map(4)
        .Text("v").Array(1).Map(10)
        .Text("tg").Text("840539006").Text("vp").Text("1119349007").Text("mp").Text("EU/1/20/1528").Text("ma").Text("ORG-100030215")
        .Text("dn").Integer(doses).Text("sd").Integer(2).Text("dt").Text("2022-02-01").Text("co").Text("XX").Text("is").Text("Ministry")
        .Text("ci").Text("URN:UVCI:01:XX:1")
        .Text("dob").Text("1990-01-01")
        .Text("nam").Map(2).Text("fn").Text("Muster").Text("fnt").Text("MUSTER")
        .Text("ver").Text("1.3.0")
        .Written.ToArray();
}

internal static class Bytes
{
    public static byte[] PadLeft(this byte[] bytes, int length) => [.. new byte[length - bytes.Length], .. bytes];
}

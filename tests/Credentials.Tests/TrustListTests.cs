using System.Security.Cryptography;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Credentials.Dcc;

namespace Credentials.Tests;

public sealed class TrustListTests : IDisposable
{
    private static readonly DateTimeOffset Issued = new(2022, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _root = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
        _rsa.Dispose();
    }

    [Fact]
    public void A_gate_that_knows_the_root_only_verifies_codes_of_listed_keys()
    {
        var root = KeyOf(_root);
        var listed = KeyOf(_key);
        var signed = new TrustList([listed], Issued, Issued.AddDays(1)).Sign(_root, root.Id);

        TrustList.TryOpen(signed, new KeyRing([root]), out var list, out _).ShouldBeTrue();
        var code = CityCode.Sign(new CityCodePayload("subject", 1, Issued, Issued.AddMinutes(5), Guid.NewGuid()), _key, listed.Id);
        CityCode.Verify(code, new KeyRing(list!.Keys), Issued).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void Every_limit_of_a_key_arrives()
    {
        var limited = new VerificationKey(KeyId.From([1, 2]), _rsa.ExportSubjectPublicKeyInfo(), SignatureAlgorithm.Ps256)
        {
            NotBefore = Issued.AddYears(-1),
            NotAfter = Issued.AddYears(1),
            MaySign = CertificateKinds.Test | CertificateKinds.Recovery,
        };
        var root = KeyOf(_root);

        TrustList.TryOpen(new TrustList([limited], Issued, Issued.AddDays(1)).Sign(_root, root.Id), new([root]), out var list, out _).ShouldBeTrue();

        var received = list!.Keys.ShouldHaveSingleItem();
        (received.Id, received.Algorithm, received.NotBefore, received.NotAfter, received.MaySign)
            .ShouldBe((limited.Id, limited.Algorithm, limited.NotBefore, limited.NotAfter, limited.MaySign));
        received.SubjectPublicKeyInfo.ToArray().ShouldBe(limited.SubjectPublicKeyInfo.ToArray());
    }

    [Fact]
    public void A_revocation_list_is_not_taken_for_a_trust_list()
    {
        var root = KeyOf(_root);
        var signed = new RevocationList(RevocationFilter.Build([]), Issued, Issued.AddDays(1)).Sign(_root, root.Id);

        TrustList.TryOpen(signed, new KeyRing([root]), out _, out var refusal).ShouldBeFalse();
        refusal!.Fault.ShouldBe(CredentialFault.Claims);
    }

    [Fact]
    public void Ps256_signatures_verify_with_their_own_key_only()
    {
        var key = new VerificationKey(KeyId.From([1]), _rsa.ExportSubjectPublicKeyInfo(), SignatureAlgorithm.Ps256);
        var digest = SHA256.HashData("payload"u8);
        var signature = _rsa.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

        key.VerifyDigest(digest, signature).ShouldBeTrue();
        key.VerifyDigest(SHA256.HashData("another"u8), signature).ShouldBeFalse();
        key.VerifyDigest(digest, signature.AsSpan(1)).ShouldBeFalse();
        KeyOf(_key).VerifyDigest(digest, signature).ShouldBeFalse();
    }

    private static VerificationKey KeyOf(ECDsa key)
    {
        var publicKey = key.ExportSubjectPublicKeyInfo();
        return new(KeyId.Of(publicKey), publicKey);
    }
}

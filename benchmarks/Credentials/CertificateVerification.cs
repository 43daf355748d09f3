using System.Security.Cryptography;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Credentials.Dcc;

namespace SmartCity.Benchmarks.Credentials;

/// <summary>Full verification of a certificate against nothing but its ECDSA verification, and a repeated scan against a first one.</summary>
internal static class CertificateVerification
{
    private const int Certificates = 400;
    private static readonly DateTimeOffset Now = new(2022, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public static void Run()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var publicKey = ECDsa.Create(key.ExportParameters(includePrivateParameters: false));
        var keyId = KeyId.Of(key.ExportSubjectPublicKeyInfo());
        var keys = new KeyRing([new VerificationKey(keyId, key.ExportSubjectPublicKeyInfo())]);
        var messages = Enumerable.Range(0, Certificates).Select(i => CoseSign1.Sign(Claims(i), key, keyId)).ToList();
        var texts = messages.Select(Envelope.Dcc.Pack).ToList();
        var signed = messages.Select(message => CoseSign1.TryParse(message, deterministic: false, out var parsed, out _)
            ? (Data: CoseSign1.ToBeSigned(parsed.Protected.Span, parsed.Payload.Span).ToArray(), Signature: parsed.Signature.ToArray())
            : throw new InvalidOperationException()).ToList();
        var revoked = RevocationFilter.Build(Enumerable.Range(0, 1_000_000).Select(i => RevocationId.OfCityCode(new Guid(i, 0, 0, new byte[8]))));

        var (full, raw) = Measure.Rates(
            () =>
            {
                var verifier = new DccVerifier(keys);
                return texts.Count(text => verifier.Verify(text, Now, revoked).IsValid);
            },
            () => signed.Count(one => publicKey.VerifyData(
                one.Data, one.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)),
            TimeSpan.FromSeconds(1));
        Measure.Print("full verification / raw ECDSA verify", full / raw, 0.85, $"{full:N0}/s, {raw:N0}/s");

        var warm = new DccVerifier(keys);
        var repeated = Measure.Rate(() => texts.Count(text => warm.Verify(text, Now, revoked).IsValid), TimeSpan.FromSeconds(2));
        Measure.Print("repeated scan / first scan", repeated / full, 20, $"{repeated:N0}/s, expiry and a million revocations checked again");
    }

    internal static byte[] Claims(int number) => new CborWriter().Map(4)
        .Integer(1).Text("AT")
        .Integer(4).Integer(Now.AddYears(1).ToUnixTimeSeconds())
        .Integer(6).Integer(Now.AddDays(-1).ToUnixTimeSeconds())
        .Integer(-260).Map(1).Integer(1).Map(4)
        .Text("v").Array(1).Map(10)
        .Text("tg").Text("840539006").Text("vp").Text("1119349007").Text("mp").Text("EU/1/20/1528").Text("ma").Text("ORG-100030215")
        .Text("dn").Integer(2).Text("sd").Integer(2).Text("dt").Text("2022-02-01").Text("co").Text("AT")
        .Text("is").Text("Ministry of Health, Austria").Text("ci").Text($"URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD{number:D3}#B")
        .Text("dob").Text("1998-02-26")
        .Text("nam").Map(4).Text("fn").Text("Musterfrau-Gößinger").Text("fnt").Text("MUSTERFRAU<GOESSINGER")
        .Text("gn").Text("Gabriele").Text("gnt").Text("GABRIELE")
        .Text("ver").Text("1.3.0")
        .Written.ToArray();
}

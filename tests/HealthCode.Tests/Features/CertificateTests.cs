using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Features;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

/// <summary>A small foreign country with a signer, a rule and a revoked certificate. That every published certificate is judged right, the conformance tests show.</summary>
public sealed class CertificateTests(CityServers servers) : IDisposable
{
    private const string VaccinationsOnly = "1.3.6.1.4.1.1847.2021.1.2";
    private const string RevokedId = "URN:UVCI:01:XX:REVOKED#1";

    private static readonly DateTimeOffset Start = new(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);

    private readonly string folder = Directory.CreateTempSubdirectory("foreign").FullName;
    private readonly ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA rsaSigner = RSA.Create(3072);

    public void Dispose()
    {
        signer.Dispose();
        rsaSigner.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_certificate_that_passes_every_check_becomes_evidence_once()
    {
        await using var town = await StartAsync();
        var person = await town.NewPersonAsync();
        var text = Certificate("URN:UVCI:01:XX:1#1");

        var (first, again) = (await BringAsync(person, text), await BringAsync(person, text));

        var imported = await Town.ReadAsync<ImportCertificate.Imported>(first);
        (imported.Type, imported.Country, imported.At).ShouldBe(("vaccination", "XX", new DateTimeOffset(2022, 2, 1, 0, 0, 0, TimeSpan.Zero)));
        (await Town.ReadAsync<ImportCertificate.Imported>(again)).ShouldBe(imported);
        (await town.Database.ScalarAsync<string>("SELECT kind || ' ' || source || ' ' || (detail->>'dose') FROM evidence")).ShouldBe("ForeignCertificate ForeignIssuer 2");
        // Somebody born on the same day does not share it.
        var other = await town.NewPersonAsync();
        var taken = await BringAsync(other, text);
        (taken.StatusCode, await Town.ProblemAsync(taken)).ShouldBe((HttpStatusCode.Conflict, "certificate_taken"));
    }

    [Fact]
    public async Task Whatever_is_wrong_with_it_is_said_and_nothing_is_kept()
    {
        await using var town = await StartAsync();
        var person = await town.NewPersonAsync();
        var good = Certificate("URN:UVCI:01:XX:1#1");

        await RefusedAsync("certificate_unreadable", "HC1:NOTHING");
        await RefusedAsync("certificate_untrusted", Spoiled(good));
        await RefusedAsync("certificate_untrusted", Certificate("URN:UVCI:01:XX:2#1", recovery: true));
        await RefusedAsync("certificate_expired", Certificate("URN:UVCI:01:XX:3#1", ends: Start.AddDays(-1)));
        await RefusedAsync("certificate_revoked", Certificate(RevokedId));
        await RefusedAsync("certificate_rule_failed", Certificate("URN:UVCI:01:XX:4#1", doses: 1));
        await RefusedAsync("certificate_of_another", Certificate("URN:UVCI:01:XX:5#1", born: "1971-01-01"));
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM evidence")).ShouldBe(0);

        async Task RefusedAsync(string code, string text)
        {
            var answer = await BringAsync(person, text);
            (answer.StatusCode, await Town.ProblemAsync(answer)).ShouldBe((HttpStatusCode.BadRequest, code));
        }
    }

    [Fact]
    public async Task What_is_revoked_abroad_later_ceases_to_be_evidence()
    {
        await using var town = await StartAsync();
        var person = await town.NewPersonAsync();
        await Town.ReadAsync<ImportCertificate.Imported>(await BringAsync(person, Certificate("URN:UVCI:01:XX:1#1")));
        await Town.ReadAsync<ImportCertificate.Imported>(await BringAsync(person, Certificate("URN:UVCI:01:XX:2#1")));

        await File.AppendAllTextAsync(Path.Combine(folder, "revoked.txt"), "XX URN:UVCI:01:XX:2#1\n");

        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM evidence WHERE withdrawn_at IS NOT NULL") == 1);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM evidence WHERE withdrawn_at IS NULL")).ShouldBe(1);
        (await Town.ProblemAsync(await BringAsync(person, Certificate("URN:UVCI:01:XX:2#1")))).ShouldBe("certificate_revoked");
    }

    [Fact]
    public async Task A_certificate_signed_with_RSA_is_taken_as_well()
    {
        await using var town = await StartAsync();
        var person = await town.NewPersonAsync();

        (await Town.ReadAsync<ImportCertificate.Imported>(await BringAsync(person, Certificate("URN:UVCI:01:XX:1#1", sign: SignPs256)))).Type.ShouldBe("vaccination");
        (await Town.ProblemAsync(await BringAsync(person, Spoiled(Certificate("URN:UVCI:01:XX:2#1", sign: SignPs256))))).ShouldBe("certificate_untrusted");
    }

    [Fact]
    public void A_rule_that_cannot_be_read_stops_the_start()
    {
        Directory.CreateDirectory(Path.Combine(folder, "rules"));
        File.WriteAllText(Path.Combine(folder, "rules", "bad.json"), """{"Engine":"CERTLOGIC","EngineVersion":"99.0.0"}""");

        Should.Throw<InvalidDataException>(() => Data.ForeignTrust.Read(folder));
    }

    private async Task<Town> StartAsync()
    {
        var request = new CertificateRequest("CN=Signer, C=XX", signer, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(VaccinationsOnly)], critical: false));
        using var certificate = request.CreateSelfSigned(Start.AddYears(-1), Start.AddYears(1));
        foreach (var kind in new[] { "certificates", "rules" }) Directory.CreateDirectory(Path.Combine(folder, kind));
        await File.WriteAllBytesAsync(Path.Combine(folder, "certificates", "xx.der"), certificate.RawData);
        using var rsaCertificate = new CertificateRequest("CN=Second signer, C=XX", rsaSigner, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            .CreateSelfSigned(Start.AddYears(-1), Start.AddYears(1));
        await File.WriteAllBytesAsync(Path.Combine(folder, "certificates", "xx2.der"), rsaCertificate.RawData);
        rsaKeyId = KeyId.Of(rsaCertificate.RawData);
        await File.WriteAllTextAsync(Path.Combine(folder, "revoked.txt"), $"XX {RevokedId}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "rules", "complete.json"),
            """
            {"Identifier":"IR-XX-0001","Type":"Invalidation","Country":"XX","Version":"1.0.0","SchemaVersion":"1.0.0","Engine":"CERTLOGIC","EngineVersion":"1.0.0",
             "CertificateType":"Vaccination","ValidFrom":"2021-01-01T00:00:00Z","ValidTo":"2030-01-01T00:00:00Z","Description":[{"lang":"en","desc":"All doses."}],
             "AffectedFields":["v.0.dn","v.0.sd"],"Logic":{">=":[{"var":"payload.v.0.dn"},{"var":"payload.v.0.sd"}]}}
            """);
        keyId = KeyId.Of(certificate.RawData);
        return await Town.StartAsync(servers, databases: null, ("Foreign:Folder", folder), ("Foreign:CheckEvery", "00:00:00.100"));
    }

    private KeyId keyId;
    private KeyId rsaKeyId;

    private byte[] SignEs256(ReadOnlySpan<byte> claims) => CoseSign1.Sign(claims, signer, keyId);

    private byte[] SignPs256(ReadOnlySpan<byte> claims)
    {
        var head = new CborWriter().Map(2).Integer(1).Integer((long)SignatureAlgorithm.Ps256).Integer(4).Bytes(rsaKeyId.ToBytes()).Written.Span;
        var signature = rsaSigner.SignData(CoseSign1.ToBeSigned(head, claims), HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        return new CborWriter().Tag(18).Array(4).Bytes(head).Map(0).Bytes(claims).Bytes(signature).Written.ToArray();
    }

    private string Certificate(string id, DateTimeOffset? ends = null, int doses = 2, string born = "1970-01-01", bool recovery = false, Func<ReadOnlySpan<byte>, byte[]>? sign = null)
    {
        var claims = new CborWriter().Map(4)
            .Integer(1).Text("XX")
            .Integer(4).Integer((ends ?? Start.AddYears(1)).ToUnixTimeSeconds())
            .Integer(6).Integer(Start.AddDays(-30).ToUnixTimeSeconds())
            .Integer(-260).Map(1).Integer(1).Map(4);
        if (recovery)
            claims.Text("r").Array(1).Map(7)
                .Text("tg").Text("840539006").Text("fr").Text("2022-02-01").Text("co").Text("XX").Text("is").Text("Ministry")
                .Text("df").Text("2022-02-12").Text("du").Text("2022-08-01").Text("ci").Text(id);
        else
            claims.Text("v").Array(1).Map(10)
                .Text("tg").Text("840539006").Text("vp").Text("1119349007").Text("mp").Text("EU/1/20/1528").Text("ma").Text("ORG-100030215")
                .Text("dn").Integer(doses).Text("sd").Integer(2).Text("dt").Text("2022-02-01").Text("co").Text("XX").Text("is").Text("Ministry").Text("ci").Text(id);
        claims.Text("dob").Text(born)
            .Text("nam").Map(4).Text("fn").Text("Wang").Text("fnt").Text("WANG").Text("gn").Text("Fang").Text("gnt").Text("FANG")
            .Text("ver").Text("1.3.0");
        return Envelope.Dcc.Pack((sign ?? SignEs256)(claims.Written.Span));
    }

    private static string Spoiled(string text)
    {
        Base45.TryDecode(text.AsSpan(4), out var compressed).ShouldBeTrue();
        Zlib.TryDecompress(compressed, 8192, out var message).ShouldBeTrue();
        var bytes = message.ToArray();
        bytes[^1] ^= 1;
        return "HC1:" + Base45.Encode(Zlib.Compress(bytes));
    }

    private static Task<HttpResponseMessage> BringAsync(Person person, string text) =>
        person.Client.PostAsJsonAsync("/health-code/v1/me/certificates", new { certificate = text });
}

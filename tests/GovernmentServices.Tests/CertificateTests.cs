using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using QRCoder;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Domain.Certificates;
using SmartCity.GovernmentServices.Features.Certificates;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>From an approved application to a verifier who asks nobody.</summary>
public sealed class CertificateTests(CityServers servers)
{
    private const string ZBar = "/usr/bin/zbarimg";
    private const string Lists = "http://localhost:8080/government-services/v1/certificates/status/1";

    [Fact]
    public async Task A_certificate_verifies_offline_and_its_holder_decides_what_is_seen()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (view, credential) = await city.ResidentAsync(city.Registered(out _));
        var (keys, list) = (await KeysAsync(city), await ListAsync(city));

        var whole = CertificateCredential.Verify(credential, keys, [list], GovernmentCity.Start);
        whole.Verdict.ShouldBe(CertificateVerdict.Valid);
        whole.Claims!.Keys.ShouldBe(["applicantName", "citizenNumber", "address", "housing", "since"], ignoreOrder: true);
        whole.Statement.ShouldBe(new CertificateStatement(
            view.Number, "temporary-residence", "http://localhost:8080/government-services/v1/certificates", "公安局", GovernmentCity.Start, GovernmentCity.Start.AddDays(365),
            Lists, whole.Statement!.StatusIndex));
        CertificateNumber.TryParse(view.Number, out _).ShouldBeTrue();

        var shown = CertificateCredential.Present(credential, ["housing"]);
        var seen = CertificateCredential.Verify(shown, keys, [list], GovernmentCity.Start);
        seen.Verdict.ShouldBe(CertificateVerdict.Valid);
        seen.Claims!.ShouldHaveSingleItem().Value.GetString().ShouldBe("owned");
        Encoding.UTF8.GetString(Convert.FromBase64String(Pad(shown.Split('.')[1]))).ShouldNotContain("李雷");
        CertificateCredential.Verify(CertificateCredential.Present(credential, []), keys, [list], GovernmentCity.Start).Claims!.ShouldBeEmpty();

        CertificateCredential.Verify(credential, keys, [list], GovernmentCity.Start.AddSeconds(-1)).Verdict.ShouldBe(CertificateVerdict.NotYetValid);
        CertificateCredential.Verify(credential, keys, [list], GovernmentCity.Start.AddDays(365)).Verdict.ShouldBe(CertificateVerdict.Expired);
        CertificateCredential.Verify(credential, keys, [], GovernmentCity.Start).Verdict.ShouldBe(CertificateVerdict.StatusUnknown);
        CertificateCredential.Verify(credential, keys, [list], GovernmentCity.Start.AddHours(12)).Verdict.ShouldBe(CertificateVerdict.StatusUnknown, "the list is too old");
        CertificateCredential.Verify(credential, [], [list], GovernmentCity.Start).Verdict.ShouldBe(CertificateVerdict.NotOurs);
    }

    [Fact]
    public async Task The_credential_has_the_form_of_the_standards()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (view, credential) = await city.ResidentAsync(city.Registered(out _));

        var parts = credential.Split('~')[0].Split('.');
        var header = JsonNode.Parse(Convert.FromBase64String(Pad(parts[0])))!;
        var payload = JsonNode.Parse(Convert.FromBase64String(Pad(parts[1])))!;
        header["alg"]!.GetValue<string>().ShouldBe("ES256");
        header["typ"]!.GetValue<string>().ShouldBe("vc+sd-jwt");
        header["kid"]!.GetValue<string>().ShouldBe((await KeysAsync(city)).Single().Kid);
        payload["@context"]![0]!.GetValue<string>().ShouldBe("https://www.w3.org/ns/credentials/v2");
        payload["type"]![0]!.GetValue<string>().ShouldBe("VerifiableCredential");
        payload["id"]!.GetValue<string>().ShouldEndWith(view.Number);
        payload["credentialStatus"]!["type"]!.GetValue<string>().ShouldBe("BitstringStatusListEntry");
        payload["credentialSubject"]!["_sd"]!.AsArray().Count.ShouldBe(5);
        var list = JsonNode.Parse(Convert.FromBase64String(Pad((await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/certificates/status/1")).Split('.')[1])))!;
        list["type"]![1]!.GetValue<string>().ShouldBe("BitstringStatusListCredential");
        list["credentialSubject"]!["encodedList"]!.GetValue<string>().ShouldStartWith("u");
    }

    [Fact]
    public async Task Whatever_is_changed_in_a_certificate_is_found()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var (_, credential) = await city.ResidentAsync(citizen);
        var (_, other) = await city.ResidentAsync(citizen);
        var (keys, list) = (await KeysAsync(city), await ListAsync(city));
        CertificateVerdict Verdict(string text) => CertificateCredential.Verify(text, keys, [list], GovernmentCity.Start).Verdict;

        var (signed, claim) = (credential.Split('~')[0], credential.Split('~')[1]);
        var forged = Base64Url.EncodeToString("""["salt","applicantName","韩梅梅"]"""u8);
        Verdict($"{signed}~{forged}~").ShouldBe(CertificateVerdict.Altered, "a claim of one's own");
        Verdict($"{signed}~{claim}~{claim}~").ShouldBe(CertificateVerdict.Altered, "a claim twice");
        Verdict($"{signed}~{other.Split('~')[1]}~").ShouldBe(CertificateVerdict.Altered, "a claim of another certificate");
        Verdict($"{signed}~{claim}").ShouldBe(CertificateVerdict.Malformed, "cut off");
        Verdict("").ShouldBe(CertificateVerdict.Malformed);
        Verdict(await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/certificates/status/1") + "~").ShouldBe(CertificateVerdict.NotOurs, "a paper of another kind");
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var at = random.Next(signed.Length);
            var changed = $"{signed[..at]}{(signed[at] == 'A' ? 'B' : 'A')}{signed[(at + 1)..]}~{claim}~";
            Verdict(changed).ShouldBeOneOf(CertificateVerdict.NotOurs, CertificateVerdict.Malformed);
        }
    }

    [Fact]
    public async Task A_revoked_certificate_is_in_the_list_soon_and_its_holder_reads_why()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var (view, credential) = await city.ResidentAsync(citizen);
        var (_, untouched) = await city.ResidentAsync(citizen);
        await ListAsync(city);
        var path = $"/department/certificates/{view.Number}/revocation";

        await (await city.Officer(GovernmentCity.Health).PostJsonAsync(path, new RevokeRequest("no"))).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        var officer = city.Officer(GovernmentCity.Security);
        (await officer.PostedAsync<PublicCertificate>(path, new RevokeRequest("已搬离"))).State.ShouldBe(CertificateState.Revoked);
        (await officer.PostedAsync<PublicCertificate>(path, new RevokeRequest("again"))).State.ShouldBe(CertificateState.Revoked);
        city.Clock.Advance(TimeSpan.FromSeconds(31));

        var (keys, list) = (await KeysAsync(city), await ListAsync(city));
        CertificateCredential.Verify(credential, keys, [list], city.Clock.GetUtcNow()).Verdict.ShouldBe(CertificateVerdict.Revoked);
        CertificateCredential.Verify(untouched, keys, [list], city.Clock.GetUtcNow()).Verdict.ShouldBe(CertificateVerdict.Valid);
        (await citizen.ReadAsync<Page<CertificateView>>("/me/certificates")).Items.Single(one => one.Id == view.Id).RevocationReason.ShouldBe("已搬离");
        (await city.Anyone().ReadAsync<PublicCertificate>($"/certificates/{view.Number}")).State.ShouldBe(CertificateState.Revoked);
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/certificates/{view.Number[..^1]}{(view.Number[^1] == '0' ? '1' : '0')}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "certificate_number_invalid");
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/certificates/status/2")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Keys_change_and_old_certificates_still_verify()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var (_, old) = await city.ResidentAsync(citizen);
        (await KeysAsync(city)).Count.ShouldBe(1);
        city.Clock.Advance(TimeSpan.FromDays(89.5));
        var ahead = await KeysAsync(city);
        ahead.Count.ShouldBe(2, "the next key is known before it signs");
        var (_, still) = await city.ResidentAsync(citizen);
        city.Clock.Advance(TimeSpan.FromDays(1));
        var (_, young) = await city.ResidentAsync(citizen);
        city.Clock.Advance(TimeSpan.FromDays(200));

        KeyOf(still).ShouldBe(KeyOf(old));
        KeyOf(young).ShouldNotBe(KeyOf(old));
        var (keys, list) = (await KeysAsync(city), await ListAsync(city));
        foreach (var credential in new[] { old, still, young }) CertificateCredential.Verify(credential, keys, [list], city.Clock.GetUtcNow()).Verdict.ShouldBe(CertificateVerdict.Valid);
        CertificateCredential.Verify(young, ahead, [list], city.Clock.GetUtcNow()).Verdict.ShouldBe(CertificateVerdict.Valid, "a verifier who was offline since has the key");
    }

    [Fact]
    public async Task Everybody_verifies_on_a_page_without_script_in_both_languages()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (view, credential) = await city.ResidentAsync(city.Registered(out _, name: "<b>李</b>"));
        var path = $"{GovernmentCity.Path}/certificates/verify";

        using var asked = await city.Anyone("zh-CN").GetAsync(path);
        var form = await asked.Content.ReadAsStringAsync();
        form.ShouldContain("核验电子证照");
        form.ShouldContain("<label for=\"credential\">");
        asked.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        var (chinese, english) = (await PostedAsync(city, "zh-CN", credential), await PostedAsync(city, "en", credential));

        chinese.ShouldContain("真实有效");
        english.ShouldContain("Genuine and in force.");
        english.ShouldContain(view.Number);
        foreach (var page in new[] { form, chinese, english })
        {
            page.ShouldNotContain("<script", Case.Insensitive);
            page.ShouldNotContain("<b>李</b>");
        }

        (await PostedAsync(city, "en", "nonsense")).ShouldContain("not a certificate of the city");
        var check = await city.Anyone().PostedAsync<Verification>("/certificates/verification", new VerifyRequest(CertificateCredential.Present(credential, ["since"])));
        check.Verdict.ShouldBe(CertificateVerdict.Valid);
        check.Claims!.Keys.ShouldBe(["since"]);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM certificates")).ShouldBe(1, "nothing of what is verified is kept");
    }

    [Fact]
    public async Task What_is_printed_carries_a_code_that_a_scanner_reads_and_a_verifier_accepts()
    {
        Assert.SkipUnless(File.Exists(ZBar), "A QR reader that is not ours is needed: zbarimg (Debian: zbar-tools).");
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Registered(out _);
        var (view, credential) = await city.ResidentAsync(citizen);

        var page = await citizen.WithLanguage("zh-CN").GetStringAsync($"{GovernmentCity.Path}/me/certificates/{view.Id}/page?show=housing,since");

        page.ShouldContain("暂住登记凭证");
        page.ShouldContain(view.Number);
        page.ShouldContain("住房类型");
        page.ShouldContain("<svg");
        page.ShouldNotContain("李雷");
        page.ShouldNotContain("310101198502030019");
        // The page draws the code as SVG; the same text as a picture goes through a scanner that is not ours.
        var shown = CertificateCredential.Present(credential, ["housing", "since"]);
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(shown, QRCodeGenerator.ECCLevel.L);
        page.ShouldContain(new SvgQRCode(data).GetGraphic(4));
        var scanned = await ScanAsync(new PngByteQRCode(data).GetGraphic(4));
        scanned.ShouldBe(shown);
        CertificateCredential.Verify(scanned, await KeysAsync(city), [await ListAsync(city)], GovernmentCity.Start).Verdict.ShouldBe(CertificateVerdict.Valid);

        await (await city.Citizen().GetAsync($"{GovernmentCity.Path}/me/certificates/{view.Id}/page")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await city.Citizen().GetAsync($"{GovernmentCity.Path}/me/certificates/{view.Id}/credential")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    private static async Task<string> PostedAsync(GovernmentCity city, string language, string credential)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["credential"] = credential });
        using var response = await city.Anyone(language).PostAsync($"{GovernmentCity.Path}/certificates/verify", form);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<string> ScanAsync(byte[] png)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.png");
        await File.WriteAllBytesAsync(file, png);
        try
        {
            using var scanner = Process.Start(new ProcessStartInfo(ZBar, ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file]) { RedirectStandardOutput = true })!;
            var text = await scanner.StandardOutput.ReadToEndAsync();
            await scanner.WaitForExitAsync();
            return text.TrimEnd('\n');
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string KeyOf(string credential) => JsonNode.Parse(Convert.FromBase64String(Pad(credential.Split('.')[0])))!["kid"]!.GetValue<string>();

    private static string Pad(string base64Url) => base64Url.Replace('-', '+').Replace('_', '/').PadRight((base64Url.Length + 3) / 4 * 4, '=');

    private static async Task<IReadOnlyList<PublicKey>> KeysAsync(GovernmentCity city) =>
        (await city.Anyone().GetFromJsonAsync<KeySet>($"{GovernmentCity.Path}/keys"))!.Keys;

    private static async Task<StatusList> ListAsync(GovernmentCity city) =>
        StatusList.Verify(await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/certificates/status/1"), await KeysAsync(city)).ShouldNotBeNull();
}

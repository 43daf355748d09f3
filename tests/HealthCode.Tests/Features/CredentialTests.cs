using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class CredentialTests(CityServers servers)
{
    [Fact]
    public async Task A_shown_code_verifies_with_the_published_keys_alone()
    {
        await using var town = await Town.StartAsync(servers);
        var credential = await CredentialOfAsync(town, await town.NewPersonAsync());

        var result = CityCode.Verify(credential.Text, await PublishedAsync(town), town.Now);

        result.IsValid.ShouldBeTrue(result.Refusal?.Detail);
        var payload = result.Payload.ShouldNotBeNull();
        (payload.Colour, payload.IssuedAt, payload.ValidUntil).ShouldBe(((byte)CodeColor.Green, town.Now, town.Now.AddMinutes(10)));
    }

    [Fact]
    public async Task Two_codes_of_one_person_have_nothing_in_common_and_name_nobody()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var keys = await PublishedAsync(town);

        var one = CityCode.Verify((await CredentialOfAsync(town, person)).Text, keys, town.Now).Payload.ShouldNotBeNull();
        town.Clock.Advance(TimeSpan.FromMinutes(1));
        var other = CityCode.Verify((await CredentialOfAsync(town, person)).Text, keys, town.Now).Payload.ShouldNotBeNull();

        one.Subject.ShouldNotBe(other.Subject);
        one.CodeId.ShouldNotBe(other.CodeId);
        Base64Url.DecodeFromChars(one.Subject).ShouldNotBe(person.CitizenId.ToByteArray(bigEndian: true));
    }

    [Fact]
    public async Task A_venue_hears_the_colour_as_it_is_now_and_the_person_sees_that_it_asked()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var (venueAccount, text) = (Guid.NewGuid(), (await CredentialOfAsync(town, person)).Text);
        await town.ReportPositiveAsync(person.Number);

        var verdict = await VerifyAsync(town, venueAccount, text);

        (verdict.Valid, verdict.Color).ShouldBe((true, CodeColor.Red));
        var look = (await town.GetAsync<Page<ListMyAccessLog.Entry>>(person.Client, "/health-code/v1/me/access-log")).Items.ShouldHaveSingleItem();
        (look.Reader, look.PurposeText).ShouldBe((venueAccount.ToString(), "Your shown code was scanned"));
    }

    [Fact]
    public async Task A_code_that_has_ended_or_was_changed_says_nothing_about_its_person()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var text = (await CredentialOfAsync(town, person)).Text;
        town.Clock.Advance(TimeSpan.FromMinutes(10));

        var ended = await VerifyAsync(town, Guid.NewGuid(), text);
        var changed = await VerifyAsync(town, Guid.NewGuid(), text[..^1] + (text[^1] == 'A' ? 'B' : 'A'));

        (ended.Valid, ended.Fault, ended.Color).ShouldBe((false, CredentialFault.Expired, null));
        (changed.Valid, changed.Color).ShouldBe((false, null));
    }

    [Fact]
    public async Task The_qr_codes_are_pictures_of_a_code()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        var svg = await person.Client.GetAsync("/health-code/v1/me/qr.svg");
        var png = await person.Client.GetAsync("/health-code/v1/me/qr.png");

        (svg.Content.Headers.ContentType!.MediaType, png.Content.Headers.ContentType!.MediaType).ShouldBe(("image/svg+xml", "image/png"));
        System.Xml.Linq.XDocument.Parse(await svg.Content.ReadAsStringAsync()).Root!.Name.LocalName.ShouldBe("svg");
        (await png.Content.ReadAsByteArrayAsync())[..8].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        svg.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task The_signing_key_outlives_a_restart_and_is_readable_nowhere()
    {
        await using var town = await Town.StartAsync(servers);
        var text = (await CredentialOfAsync(town, await town.NewPersonAsync())).Text;

        await using var second = await town.AnotherReplicaAsync();
        var keys = await second.Anyone().GetFromJsonAsync<JsonElement>("/health-code/v1/keys");

        keys.GetProperty("keys").GetArrayLength().ShouldBe(1);
        CityCode.Verify(text, Ring(keys), town.Now).IsValid.ShouldBeTrue();
        var kept = await town.Database.ScalarAsync<byte[]>("SELECT sealed_private_key FROM signing_keys");
        Should.Throw<CryptographicException>(() => ECDsa.Create().ImportPkcs8PrivateKey(kept, out _));
        Encoding.Latin1.GetString(kept).ShouldNotContain("MIG");
    }

    private static Task<IssueCredential.Credential> CredentialOfAsync(Town town, Person person) =>
        town.GetAsync<IssueCredential.Credential>(person.Client, "/health-code/v1/me/credential");

    private static async Task<VerifyCredential.Verdict> VerifyAsync(Town town, Guid account, string text) =>
        await Town.ReadAsync<VerifyCredential.Verdict>(
            await town.App.As(account, Roles.VenueOperator).PostAsJsonAsync("/health-code/v1/credentials/verify", new { credential = text }));

    private static async Task<KeyRing> PublishedAsync(Town town) => Ring(await town.App.Anyone().GetFromJsonAsync<JsonElement>("/health-code/v1/keys"));

    /// <summary>As any verifier would make it, from the JWK Set alone.</summary>
    private static KeyRing Ring(JsonElement jwks) => new(jwks.GetProperty("keys").EnumerateArray().Select(jwk =>
    {
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) },
        });
        return new VerificationKey(new KeyId(jwk.GetProperty("kid").GetString()!), key.ExportSubjectPublicKeyInfo());
    }));
}

using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Grpc.Core;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;
using CodeColor = SmartCity.HealthCode.Contracts.CodeColor;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class PrintedCodeTests(CityServers servers)
{
    private const string Printed = "/health-code/v1/me/printed-codes";

    [Fact]
    public async Task A_printed_code_says_the_colour_of_its_day_and_after_that_whom_to_look_up()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var code = await PrintAsync(person);
        var text = await TextOfAsync(person, code.CodeId);

        var gate = await GateAsync(town);
        var payload = CityCode.Verify(text, gate.Keys, town.Now.AddDays(2)).Payload.ShouldNotBeNull();
        (payload.Printed, payload.Colour, payload.CodeId).ShouldBe((true, (byte)CodeColor.Green, code.CodeId));
        (payload.ColourHolds(town.Now.AddHours(23)), payload.ColourHolds(town.Now.AddHours(24))).ShouldBe((true, false));
        CityCode.Verify(text, gate.Keys, town.Now.AddDays(89)).IsValid.ShouldBeTrue();
        CityCode.Verify(text, gate.Keys, town.Now.AddDays(90)).Refusal!.Fault.ShouldBe(CredentialFault.Expired);

        town.Clock.Advance(TimeSpan.FromDays(2));
        var verdict = await VerifyAsync(town, text);
        (verdict.Valid, verdict.Color, verdict.Printed).ShouldBe((true, CodeColor.Green, true));
    }

    [Fact]
    public async Task A_lost_one_is_refused_at_once_by_the_city_and_offline_with_the_next_list_however_it_is_drawn_again()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var (lost, kept) = (await PrintAsync(person), await PrintAsync(person));
        var (lostText, keptText) = (await TextOfAsync(person, lost.CodeId), await TextOfAsync(person, kept.CodeId));

        (await person.Client.DeleteAsync($"{Printed}/{lost.CodeId}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var verdict = await VerifyAsync(town, lostText);
        (verdict.Valid, verdict.Fault, verdict.Color).ShouldBe((false, CredentialFault.Revoked, null));
        (await VerifyAsync(town, keptText)).Valid.ShouldBeTrue();
        var refusal = await Should.ThrowAsync<RpcException>(async () => await new HealthCodes.HealthCodesClient(town.App.Grpc()).GetStatusAsync(
            new GetStatusRequest { Credential = lostText, Purpose = Purpose.Admission }, town.App.AsService("place-registration", "health-code:status")));
        refusal.Trailers.GetValue("problem-code").ShouldBe("credential_invalid");
        (await person.Client.GetAsync($"{Printed}/{lost.CodeId}/page")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        town.Clock.Advance(TimeSpan.FromMinutes(6));
        await Eventually.Async(async () => (await GateAsync(town)).Revoked.Count == 1);
        var gate = await GateAsync(town);
        gate.Revoked.Contains(RevocationId.OfCityCode(CityCode.Verify(lostText, gate.Keys, town.Now).Payload!.CodeId)).ShouldBeTrue();
        gate.Revoked.Contains(RevocationId.OfCityCode(CityCode.Verify(keptText, gate.Keys, town.Now).Payload!.CodeId)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_printed_green_code_is_on_the_list_while_its_person_is_red_and_leaves_it_when_they_are_not()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        await PrintAsync(person);
        var result = await town.ReportPositiveAsync(person.Number);

        town.Clock.Advance(TimeSpan.FromMinutes(6));
        await Eventually.Async(async () => (await GateAsync(town)).Revoked.Count == 1);
        await town.WithdrawAsync(town.Officer(), result.Id);
        town.Clock.Advance(TimeSpan.FromMinutes(6));
        await Eventually.Async(async () => (await GateAsync(town)).Revoked.Count == 0);
    }

    [Fact]
    public async Task A_list_of_thousands_from_the_database_holds_each_and_is_small()
    {
        await using var town = await Town.StartAsync(servers);
        await town.Database.ExecuteAsync($"""
            INSERT INTO printed_codes (code_id, idempotency_key, color, issued_at, color_until, valid_until, revoked_at)
            SELECT gen_random_uuid(), gen_random_uuid(), 'Green', timestamptz '{town.Now:O}', timestamptz '{town.Now:O}', timestamptz '{town.Now.AddDays(90):O}', timestamptz '{town.Now:O}'
            FROM generate_series(1, 20000)
            """);
        town.App.Server.ToString();
        town.Clock.Advance(TimeSpan.FromMinutes(6));
        await Eventually.Async(async () => (await GateAsync(town)).Revoked.Count == 20_000);

        var (gate, bytes) = (await GateAsync(town), (await town.App.Anyone().GetByteArrayAsync("/health-code/v1/revocation-list")).Length);
        var ids = new List<Guid>();
        await using (var command = town.Database.Source.CreateCommand("SELECT code_id FROM printed_codes"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0));

        ids.ShouldAllBe(id => gate.Revoked.Contains(RevocationId.OfCityCode(id)));
        Enumerable.Range(0, 20_000).Count(_ => gate.Revoked.Contains(RevocationId.OfCityCode(Guid.NewGuid()))).ShouldBe(0);
        (bytes * 8.0 / 20_000).ShouldBeLessThan(1.25 * 32);
    }

    [Fact]
    public async Task Lists_are_answered_with_304_to_whoever_has_them_and_name_no_foreign_root()
    {
        await using var town = await Town.StartAsync(servers);
        using var client = town.App.Anyone();
        foreach (var list in new[] { "trust-list", "revocation-list" })
        {
            var first = await client.GetAsync($"/health-code/v1/{list}");
            using var again = new HttpRequestMessage(HttpMethod.Get, $"/health-code/v1/{list}");
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            (await client.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
            first.Headers.CacheControl!.Public.ShouldBeTrue();
        }

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new VerificationKey(KeyId.Of(stranger.ExportSubjectPublicKeyInfo()), stranger.ExportSubjectPublicKeyInfo());
        TrustList.TryOpen(await client.GetByteArrayAsync("/health-code/v1/trust-list"), new KeyRing([root]), out _, out var refusal).ShouldBeFalse();
        refusal!.Fault.ShouldBe(CredentialFault.UnknownKey);
    }

    [Fact]
    public async Task The_page_is_for_printing_in_both_languages_and_its_picture_is_the_code()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var code = await PrintAsync(person);

        var page = await person.Client.GetAsync($"{Printed}/{code.CodeId}/page");
        var html = await page.Content.ReadAsStringAsync();

        (page.Content.Headers.ContentType!.MediaType, page.Headers.CacheControl!.NoStore).ShouldBe(("text/html", true));
        foreach (var word in new[] { "王芳", "绿码", "green", "纸质健康码", "Printed health code", "<svg", "2022年3月21日", "21 March 2022" }) html.ShouldContain(word);
        (await person.Client.GetAsync($"{Printed}/{code.CodeId}/qr.png")).Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await person.Client.GetAsync($"{Printed}/{code.CodeId}/qr.svg")).Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
    }

    [Fact]
    public async Task Repeated_it_is_one_code_a_sixth_is_refused_and_anothers_is_not_there()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, other, key) = (await town.NewPersonAsync(), await town.NewPersonAsync(), Guid.NewGuid());

        var first = await PrintAsync(person, key);
        (await PrintAsync(person, key)).ShouldBe(first);
        for (var i = 0; i < 4; i++) await PrintAsync(person);
        var sixth = await PostAsync(person, Guid.NewGuid());

        (sixth.StatusCode, await Town.ProblemAsync(sixth)).ShouldBe((HttpStatusCode.Conflict, "printed_codes_too_many"));
        (await other.Client.GetAsync($"{Printed}/{first.CodeId}/page")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.Client.DeleteAsync($"{Printed}/{first.CodeId}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await town.GetAsync<Page<PrintCode.Printed>>(person.Client, $"{Printed}?limit=100")).Items.Count.ShouldBe(5);
    }

    /// <summary>What a gate carries, fetched and checked as a gate does: everything follows from the root key.</summary>
    internal static async Task<(KeyRing Keys, RevocationFilter Revoked)> GateAsync(Town town)
    {
        using var client = town.App.Anyone();
        var jwk = (await client.GetFromJsonAsync<JsonElement>("/health-code/v1/trust-list/key")).GetProperty("keys")[0];
        using var root = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) },
        });
        var roots = new KeyRing([new VerificationKey(new KeyId(jwk.GetProperty("kid").GetString()!), root.ExportSubjectPublicKeyInfo())]);
        TrustList.TryOpen(await client.GetByteArrayAsync("/health-code/v1/trust-list"), roots, out var trusted, out var fault).ShouldBeTrue(fault?.Detail);
        var keys = new KeyRing(trusted!.Keys);
        RevocationList.TryOpen(await client.GetByteArrayAsync("/health-code/v1/revocation-list"), keys, out var revoked, out fault).ShouldBeTrue(fault?.Detail);
        return (keys, revoked!.Filter);
    }

    /// <summary>The text in the page's QR code is not in the page, so it is asked of the service itself.</summary>
    private static async Task<string> TextOfAsync(Person person, Guid codeId) =>
        QrText.Read(await person.Client.GetByteArrayAsync($"{Printed}/{codeId}/qr.png"));

    private static async Task<VerifyCredential.Verdict> VerifyAsync(Town town, string text) => await Town.ReadAsync<VerifyCredential.Verdict>(
        await town.App.As(Guid.NewGuid(), Roles.VenueOperator).PostAsJsonAsync("/health-code/v1/credentials/verify", new { credential = text }));

    private static async Task<PrintCode.Printed> PrintAsync(Person person, Guid? key = null) =>
        await Town.ReadAsync<PrintCode.Printed>(await PostAsync(person, key ?? Guid.NewGuid()));

    private static async Task<HttpResponseMessage> PostAsync(Person person, Guid key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Printed);
        request.Headers.Add(IdempotencyKey.Header, key.ToString());
        return await person.Client.SendAsync(request);
    }
}

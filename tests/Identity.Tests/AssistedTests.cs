using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class AssistedTests(CityServers servers)
{
    private const string IdCard = "310101194903071234";

    private static readonly (string, string?) EverySecondLook = ("Identity:SecondCheckShare", "1");
    private static readonly (string, string?) NoSecondLook = ("Identity:SecondCheckShare", "0");

    [Fact]
    public async Task Somebody_without_a_phone_is_registered_at_the_door_and_helped_by_a_witnessed_consent_until_it_ends()
    {
        await using var app = await new IdentityApp(servers, NoSecondLook).StartAsync();
        var worker = await app.SignInStaffAsync("worker", Roles.GridWorker);
        var person = await RegisterAsync(worker, IdCard);

        var consent = await WitnessAsync(worker, new { services = new[] { "health-code" }, expiresAt = app.Clock.GetUtcNow().AddDays(30), personAccountId = person, witness = "李雷, 邻居" });
        var reply = await ExchangeAsync(worker, Id(consent));

        reply.Claim("sub").ShouldBe([person.ToString()]);
        reply.Claims.GetProperty("act").GetProperty("sub").GetGuid().ShouldBe(worker.AccountId);
        reply.Claim("role").ShouldBe(["proxy"]);
        reply.Claim("aud").ShouldBe(["health-code"]);
        consent.GetProperty("form").GetString().ShouldBe("witnessed");
        app.Clock.Advance(TimeSpan.FromDays(30));
        (await ExchangeAsync(worker, Id(consent))).ShouldBeRefused("invalid_grant", "consent_not_in_force");
    }

    [Fact]
    public async Task The_same_document_gives_the_same_person_whoever_registers_and_however_it_is_typed()
    {
        await using var app = await new IdentityApp(servers, NoSecondLook).StartAsync();
        var (worker, counter) = (await app.SignInStaffAsync("worker", Roles.GridWorker), await app.SignInStaffAsync("counter", Roles.CounterStaff));

        var first = await RegisterAsync(worker, "31010119490307123X");
        var again = await RegisterAsync(counter, "310101 19490307 123x");
        var other = await RegisterAsync(counter, IdCard);

        again.ShouldBe(first);
        other.ShouldNotBe(first);
    }

    [Fact]
    public async Task A_second_look_is_by_somebody_else_who_must_see_the_same_document_and_a_doubt_ends_all_help()
    {
        await using var app = await new IdentityApp(servers, EverySecondLook).StartAsync();
        var (worker, counter) = (await app.SignInStaffAsync("worker", Roles.GridWorker), await app.SignInStaffAsync("counter", Roles.CounterStaff));
        var (right, wrong) = (await RegisterAsync(worker, IdCard), await RegisterAsync(worker, "310101195001015678"));
        var consent = Id(await WitnessAsync(worker, new { services = new[] { "health-code" }, expiresAt = app.Clock.GetUtcNow().AddDays(30), personAccountId = wrong, witness = "李雷" }));

        (await QueueAsync(worker)).ShouldBeEmpty();
        (await QueueAsync(counter)).ShouldBe([right, wrong]);
        (await CodeAsync(await CheckAsync(worker, right, IdCard))).ShouldBe("own_registration");
        (await (await CheckAsync(counter, right, IdCard)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outcome").GetString().ShouldBe("confirmed");
        (await (await CheckAsync(counter, wrong, "310101195001015679")).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outcome").GetString().ShouldBe("doubtful");

        (await QueueAsync(counter)).ShouldBeEmpty();
        (await ExchangeAsync(worker, consent)).ShouldBeRefused("invalid_grant", "consent_not_in_force");
        // The person behind the document is not shut out by another's fault: they are registered anew, and looked at again.
        var anew = await RegisterAsync(counter, "310101195001015678");
        anew.ShouldNotBe(wrong);
        (await QueueAsync(worker)).ShouldBe([anew]);
    }

    [Fact]
    public async Task Nobody_is_drawn_where_none_shall_be_and_about_as_many_as_shall_be()
    {
        await using var app = await new IdentityApp(servers, ("Identity:SecondCheckShare", "0.5")).StartAsync();
        var (worker, counter) = (await app.SignInStaffAsync("worker", Roles.GridWorker), await app.SignInStaffAsync("counter", Roles.CounterStaff));
        for (var i = 0; i < 60; i++) await RegisterAsync(worker, $"31010119490307{i:0000}");

        // Fewer than 10 or more than 50 of 60 fair draws: once in ten million runs.
        (await QueueAsync(counter)).Length.ShouldBeInRange(10, 50);
    }

    [Fact]
    public async Task Whoever_has_a_phone_consents_with_it_and_no_witness_takes_its_place()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (person, counter) = (await app.SignInByPhoneAsync("13800000001"), await app.SignInStaffAsync("counter", Roles.CounterStaff));
        var until = app.Clock.GetUtcNow().AddDays(1);
        string[] services = ["government-services"];

        var byWitness = await PostAsync(counter, "witnessed-consents", new { services, expiresAt = until, personAccountId = person.AccountId, witness = "李雷" });
        (await CodeAsync(byWitness)).ShouldBe("consent_needs_phone");
        var code = await app.RequestCodeAsync("13800000001");
        var byWrongCode = await PostAsync(counter, "witnessed-consents", new { services, expiresAt = until, personPhone = "13800000001", phoneCode = code == "000000" ? "000001" : "000000" });
        (await CodeAsync(byWrongCode)).ShouldBe("phone_code_wrong");
        var consent = await WitnessAsync(counter, new { services, expiresAt = until, personPhone = "13800000001", phoneCode = code });

        (await ExchangeAsync(counter, Id(consent))).Claim("sub").ShouldBe([person.AccountId.ToString()]);
        var again = await PostAsync(counter, "witnessed-consents", new { services, expiresAt = until, personPhone = "13800000001", phoneCode = code });
        (await CodeAsync(again)).ShouldBe("phone_code_wrong");
        var ofPerson = await person.Client().GetFromJsonAsync<JsonElement>("/identity/v1/consents");
        ofPerson.GetProperty("items")[0].GetProperty("form").GetString().ShouldBe("confirmedByPhone");
    }

    [Fact]
    public async Task A_carer_helps_somebody_without_a_phone_and_a_repeated_record_is_one_consent()
    {
        await using var app = await new IdentityApp(servers, NoSecondLook).StartAsync();
        var (carer, counter) = (await app.SignInByPhoneAsync("13800000002"), await app.SignInStaffAsync("counter", Roles.CounterStaff));
        var person = await RegisterAsync(counter, IdCard);
        var (body, key) = (new { services = new[] { "health-code" }, expiresAt = app.Clock.GetUtcNow().AddDays(90), personAccountId = person, witness = "李雷", proxyPhone = "13800000002" }, Guid.NewGuid());

        var (first, second) = (await WitnessAsync(counter, body, key), await WitnessAsync(counter, body, key));

        Id(second).ShouldBe(Id(first));
        (await ExchangeAsync(carer, Id(first))).Claim("sub").ShouldBe([person.ToString()]);
        (await ExchangeAsync(counter, Id(first))).ShouldBeRefused("invalid_grant", "consent_not_in_force");
    }

    [Theory]
    [InlineData(91, "health-code", "李雷", "expiry_invalid")]
    [InlineData(0, "health-code", "李雷", "expiry_invalid")]
    [InlineData(1, "identity", "李雷", "service_invalid")]
    [InlineData(1, "health-code", null, "consent_unconfirmed")]
    public async Task What_is_no_witnessed_consent_is_refused(int days, string service, string? witness, string code)
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var counter = await app.SignInStaffAsync("counter", Roles.CounterStaff);
        var person = await RegisterAsync(counter, IdCard);

        var answer = await PostAsync(counter, "witnessed-consents", new { services = new[] { service }, expiresAt = app.Clock.GetUtcNow().AddDays(days), personAccountId = person, witness });

        (await CodeAsync(answer)).ShouldBe(code);
    }

    [Fact]
    public async Task A_parents_phone_holds_the_child_renews_it_and_lets_a_carer_help()
    {
        await using var app = await new IdentityApp(servers, NoSecondLook).StartAsync();
        var (parent, carer) = (await app.SignInByPhoneAsync("13800000001"), await app.SignInByPhoneAsync("13800000002"));

        var child = await AddDependantAsync(parent, "child", IdCard);
        (await AddDependantAsync(parent, "child", IdCard)).GetProperty("consentId").GetGuid().ShouldBe(child.GetProperty("consentId").GetGuid());
        var person = child.GetProperty("accountId").GetGuid();
        var token = await ExchangeAsync(parent, child.GetProperty("consentId").GetGuid());
        token.Claim("sub").ShouldBe([person.ToString()]);
        token.Claim("role").ShouldBe(["proxy"]);

        var given = await PostAsync(parent, "consents", new { services = new[] { "health-code" }, expiresAt = app.Clock.GetUtcNow().AddDays(7), proxyPhone = "13800000002", dependantAccountId = person });
        given.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await ExchangeAsync(carer, Id(await given.Content.ReadFromJsonAsync<JsonElement>()))).Claim("sub").ShouldBe([person.ToString()]);
        var foreign = await PostAsync(carer, "consents", new { services = new[] { "health-code" }, expiresAt = app.Clock.GetUtcNow().AddDays(7), proxyPhone = "13800000003", dependantAccountId = person });
        (await CodeAsync(foreign)).ShouldBe("person_unknown");

        app.Clock.Advance(TimeSpan.FromDays(360));
        var renewed = await PostAsync(parent, $"me/dependants/{person}/renewal", new { });
        renewed.StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Clock.Advance(TimeSpan.FromDays(10));
        (await ExchangeAsync(parent, child.GetProperty("consentId").GetGuid())).ShouldBeRefused("invalid_grant", "consent_not_in_force");
        var now = (await parent.Client().GetFromJsonAsync<JsonElement>("/identity/v1/me/dependants"))[0];
        now.GetProperty("inForce").GetBoolean().ShouldBeTrue();
        (await ExchangeAsync(parent, now.GetProperty("consentId").GetGuid())).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_elder_on_a_phone_is_looked_at_by_somebody_else_and_says_so_again_before_a_witness()
    {
        await using var app = await new IdentityApp(servers, NoSecondLook).StartAsync();
        var (family, counter) = (await app.SignInByPhoneAsync("13800000001"), await app.SignInStaffAsync("counter", Roles.CounterStaff));
        var elder = (await AddDependantAsync(family, "elder", IdCard)).GetProperty("accountId").GetGuid();

        (await QueueAsync(counter)).ShouldBe([elder]);
        (await CodeAsync(await PostAsync(family, $"me/dependants/{elder}/renewal", new { }))).ShouldBe("renewal_needs_witness");
        var consent = await WitnessAsync(counter, new { services = new[] { "health-code" }, expiresAt = app.Clock.GetUtcNow().AddDays(90), personAccountId = elder, witness = "李雷", proxyPhone = "13800000001" });

        (await ExchangeAsync(family, Id(consent))).Claim("sub").ShouldBe([elder.ToString()]);
    }

    [Fact]
    public async Task Another_familys_person_and_an_eleventh_are_refused()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (parent, other) = (await app.SignInByPhoneAsync("13800000001"), await app.SignInByPhoneAsync("13800000002"));
        for (var i = 0; i < 10; i++) await AddDependantAsync(parent, "child", $"3101012015030712{i:00}");

        var request = new { relation = "child", document = "idCard", documentNumber = "310101201503071200" };
        (await CodeAsync(await PostAsync(other, "me/dependants", request))).ShouldBe("person_known");
        (await CodeAsync(await PostAsync(parent, "me/dependants", request with { documentNumber = "310101201503071299" }))).ShouldBe("dependants_too_many");
    }

    [Fact]
    public async Task Neither_documents_nor_witnesses_are_readable_in_the_database_and_everything_is_in_the_persons_record()
    {
        await using var app = await new IdentityApp(servers, NoSecondLook).StartAsync();
        var (worker, auditor) = (await app.SignInStaffAsync("worker", Roles.GridWorker), await app.SignInStaffAsync("auditor", Roles.Auditor));
        var person = await RegisterAsync(worker, IdCard);
        await RegisterAsync(worker, IdCard);
        await ExchangeAsync(worker, Id(await WitnessAsync(worker, new { services = new[] { "health-code" }, expiresAt = app.Clock.GetUtcNow().AddDays(30), personAccountId = person, witness = "韩梅梅" })));

        var dump = await PrivacyTests.DumpAsync(app.Database);
        dump.ShouldNotContain(IdCard);
        dump.ShouldNotContain("韩梅梅");
        var record = await auditor.Client().GetFromJsonAsync<JsonElement>($"/identity/v1/accounts/{person}/audit");
        record.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString())
            .ShouldBe(["auditRead", "actedByProxy", "consentGiven", "personFound", "accountCreated"], ignoreOrder: true);
    }

    private static async Task<Guid> RegisterAsync(SignedIn staff, string number)
    {
        var answer = await staff.Client().PostAsJsonAsync("/identity/v1/people", new { document = "idCard", documentNumber = number });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accountId").GetGuid();
    }

    private static async Task<JsonElement> AddDependantAsync(SignedIn guardian, string relation, string number)
    {
        var answer = await PostAsync(guardian, "me/dependants", new { relation, document = "idCard", documentNumber = number });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static Task<HttpResponseMessage> CheckAsync(SignedIn staff, Guid person, string number) =>
        staff.Client().PostAsJsonAsync($"/identity/v1/people/{person}/check", new { document = "idCard", documentNumber = number });

    private static async Task<Guid[]> QueueAsync(SignedIn staff) =>
        [.. (await staff.Client().GetFromJsonAsync<JsonElement>("/identity/v1/people/checks")).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("accountId").GetGuid())];

    private static async Task<JsonElement> WitnessAsync(SignedIn staff, object body, Guid? key = null)
    {
        var answer = await PostAsync(staff, "witnessed-consents", body, key);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<HttpResponseMessage> PostAsync(SignedIn caller, string path, object body, Guid? key = null)
    {
        var client = caller.Client();
        client.DefaultRequestHeaders.Add(IdempotencyKey.Header, (key ?? Guid.NewGuid()).ToString());
        return await client.PostAsJsonAsync($"/identity/v1/{path}", body);
    }

    private static Task<TokenReply> ExchangeAsync(SignedIn proxy, Guid consent) => IdentityApp.TokenAsync(
        proxy.Client(), ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", consent.ToString()),
        ("subject_token_type", "urn:smartcity:token-type:consent"));

    private static Guid Id(JsonElement consent) => consent.GetProperty("id").GetGuid();

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmartCity.Identity.Data;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class AuditTests(CityServers servers)
{
    [Fact]
    public async Task A_person_sees_what_was_done_with_the_account()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (person, proxy) = (await app.SignInByPhoneAsync("13800000001"), await app.SignInByPhoneAsync("13800000002"));
        using var client = person.Client();
        client.DefaultRequestHeaders.Add(IdempotencyKey.Header, Guid.NewGuid().ToString());
        var consent = await (await client.PostAsJsonAsync("/identity/v1/consents",
            new { proxyPhone = "13800000002", services = new[] { "health-code" }, expiresAt = app.Clock.GetUtcNow().AddDays(1) })).Content.ReadFromJsonAsync<JsonElement>();
        var id = consent.GetProperty("id").GetString()!;
        await IdentityApp.TokenAsync(proxy.Client(), ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", id), ("subject_token_type", "urn:smartcity:token-type:consent"));
        await client.DeleteAsync($"/identity/v1/consents/{id}");

        var entries = await ReadAsync(client, "/identity/v1/me/audit");

        entries.Select(Action).ShouldBe(["consentRevoked", "actedByProxy", "consentGiven", "signedIn", "accountCreated"], ignoreOrder: true);
        var acted = entries.Single(entry => Action(entry) == "actedByProxy");
        acted.GetProperty("actorId").GetGuid().ShouldBe(proxy.AccountId);
        acted.GetProperty("subject").GetString().ShouldBe(id);
        (await ReadAsync(proxy.Client(), "/identity/v1/me/audit")).Select(Action).ShouldContain("actedByProxy");
    }

    [Fact]
    public async Task Failures_and_the_lock_are_recorded()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var wang = await app.SignInStaffAsync("wang", "health-officer");
        for (var count = 0; count < 6; count++) await app.StaffGrantAsync("wang", "some password");

        var actions = (await ReadAsync(wang.Client(), "/identity/v1/me/audit")).Select(Action).ToArray();

        actions.Count(action => action == "signInFailed").ShouldBe(5);
        actions.Count(action => action == "lockedOut").ShouldBe(1);
    }

    [Fact]
    public async Task An_auditor_reads_anybodys_record_and_that_person_sees_it()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var (person, auditor) = (await app.SignInByPhoneAsync("13800000001"), await app.SignInStaffAsync("sun", "auditor"));

        (await ReadAsync(auditor.Client(), $"/identity/v1/accounts/{person.AccountId}/audit")).Select(Action).ShouldContain("signedIn");

        var read = (await ReadAsync(person.Client(), "/identity/v1/me/audit")).Single(entry => Action(entry) == "auditRead");
        read.GetProperty("actorId").GetGuid().ShouldBe(auditor.AccountId);
        (await auditor.Client().GetAsync($"/identity/v1/accounts/{Guid.NewGuid()}/audit")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_record_is_paged_without_gap_or_repetition()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var person = await app.SignInByPhoneAsync("13800000001");
        for (var count = 0; count < 4; count++) await app.SignInByPhoneAsync("13800000001");

        var (seen, next) = (new List<string>(), (string?)null);
        do
        {
            var page = await person.Client().GetFromJsonAsync<JsonElement>($"/identity/v1/me/audit?limit=2{(next is null ? "" : $"&after={next}")}");
            page.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }
        while (next is not null);

        seen.Count.ShouldBe(6);
        seen.ShouldBeUnique();
    }

    [Theory]
    [InlineData("UPDATE audit SET actor_id = gen_random_uuid()")]
    [InlineData("DELETE FROM audit")]
    [InlineData("TRUNCATE audit")]
    public async Task The_record_is_only_added_to(string sql)
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.SignInByPhoneAsync("13800000001");

        (await Should.ThrowAsync<PostgresException>(() => app.Database.ExecuteAsync(sql))).MessageText.ShouldBe("The audit record is append-only.");
    }

    [Fact]
    public async Task Old_codes_sessions_and_records_are_removed_and_young_ones_stay()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await app.SignInByPhoneAsync("13800000001");
        await app.Database.ExecuteAsync("INSERT INTO audit SELECT gen_random_uuid(), at - interval '3 years', account_id, actor_id, action, subject FROM audit LIMIT 1");
        var housekeeping = app.Services.GetRequiredService<Housekeeping>();

        await housekeeping.CleanAsync(TestContext.Current.CancellationToken);
        (await RowsAsync(app)).ShouldBe((1, 1, 1, 2));
        app.RealClock.Advance(TimeSpan.FromDays(61));
        await housekeeping.CleanAsync(TestContext.Current.CancellationToken);
        (await RowsAsync(app)).ShouldBe((0, 0, 0, 2));
    }

    private static async Task<(long Codes, long Sessions, long Tokens, long Records)> RowsAsync(IdentityApp app) =>
        (await CountAsync(app, "phone_codes"), await CountAsync(app, "sessions"), await CountAsync(app, "refresh_tokens"), await CountAsync(app, "audit"));

    private static Task<long> CountAsync(IdentityApp app, string table) => app.Database.ScalarAsync<long>($"SELECT count(*) FROM {table}");

    private static async Task<JsonElement[]> ReadAsync(HttpClient client, string address) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(address)).GetProperty("items").EnumerateArray()];

    private static string Action(JsonElement entry) => entry.GetProperty("action").GetString()!;
}

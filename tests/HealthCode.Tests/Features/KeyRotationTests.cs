using System.Net;
using System.Net.Http.Json;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class KeyRotationTests(CityServers servers)
{
    [Fact]
    public async Task Keys_follow_each_other_without_a_restart_and_without_a_moment_in_which_a_replica_does_not_know_one()
    {
        await using var town = await Town.StartAsync(servers);
        await using var second = await town.AnotherReplicaAsync();
        CityApp<Program>[] replicas = [town.App, second];
        var person = await town.NewPersonAsync();
        var first = await KeysAsync(town.App);
        var old = await TextAsync(town.App, person);

        // Published a day ahead, by both, and not used yet.
        town.Clock.Advance(TimeSpan.FromDays(89) + TimeSpan.FromMinutes(1));
        foreach (var replica in replicas) await Eventually.Async(async () => (await KeysAsync(replica)).Length == 2);
        (await KeysAsync(second)).ShouldBe(await KeysAsync(town.App));
        var next = (await KeysAsync(town.App)).Except(first).ShouldHaveSingleItem();
        KeyOf(await TextAsync(town.App, person)).ShouldBe(first[0]);

        // Used by both from its time on, and both verify what the other signed.
        town.Clock.Advance(TimeSpan.FromDays(1));
        foreach (var replica in replicas)
        {
            var text = await TextAsync(replica, person);
            KeyOf(text).ShouldBe(next);
            foreach (var other in replicas) (await VerifyAsync(other, text)).Valid.ShouldBeTrue();
        }

        // What the first signed has ended, and is told so: its key is still known.
        (await VerifyAsync(second, old)).Fault.ShouldBe(CredentialFault.Expired);

        // Ninety days of printed codes later it is gone.
        town.Clock.Advance(TimeSpan.FromDays(91));
        foreach (var replica in replicas) await Eventually.Async(async () => !(await KeysAsync(replica)).Contains(first[0]));
    }

    [Fact]
    public async Task A_key_that_somebody_else_may_have_is_withdrawn_everywhere_and_once()
    {
        await using var town = await Town.StartAsync(servers);
        await using var second = await town.AnotherReplicaAsync();
        var person = await town.NewPersonAsync();
        var (bad, text) = ((await KeysAsync(town.App))[0], await TextAsync(town.App, person));

        var first = await RotateAsync(town, new { compromisedKeyId = bad });
        var again = await RotateAsync(town, new { compromisedKeyId = bad });

        again.ShouldBe(first);
        first.KeyId.ShouldNotBe(bad);
        (await VerifyAsync(town.App, text)).Fault.ShouldBe(CredentialFault.UnknownKey);
        await Eventually.Async(async () => (await VerifyAsync(second, text)).Fault == CredentialFault.UnknownKey);
        town.Clock.Advance(TimeSpan.FromMinutes(1));
        KeyOf(await TextAsync(second, person)).ShouldBe(first.KeyId);
        await Eventually.Async(async () => CityCode.Verify(text, (await PrintedCodeTests.GateAsync(town)).Keys, town.Now).Refusal?.Fault == CredentialFault.UnknownKey);
    }

    [Fact]
    public async Task The_next_key_is_made_ahead_on_request_and_only_one()
    {
        await using var town = await Town.StartAsync(servers);
        _ = await KeysAsync(town.App);

        var first = await RotateAsync(town, new { });
        var again = await RotateAsync(town, new { });
        var unknown = await OperatorAsync(town, new { compromisedKeyId = "AAAAAAAAAAA=" });

        (first.SignsFrom, again).ShouldBe((town.Now.AddDays(1), first));
        (await KeysAsync(town.App)).Length.ShouldBe(2);
        (unknown.StatusCode, await Town.ProblemAsync(unknown)).ShouldBe((HttpStatusCode.NotFound, "key_unknown"));
    }

    private static string KeyOf(string text)
    {
        Envelope.City.TryOpen(text, out var message, out var refusal).ShouldBeTrue(refusal?.Detail);
        return message!.KeyId.Base64;
    }

    private static async Task<string[]> KeysAsync(CityApp<Program> app) =>
        [.. (await Town.ReadAsync<PublishKeys.KeySet>(await app.Anyone().GetAsync("/health-code/v1/keys"))).Keys.Select(key => key.Kid)];

    private static async Task<string> TextAsync(CityApp<Program> app, Person person) =>
        (await Town.ReadAsync<IssueCredential.Credential>(await app.As(person.Account, Roles.Citizen).GetAsync("/health-code/v1/me/credential"))).Text;

    private static async Task<VerifyCredential.Verdict> VerifyAsync(CityApp<Program> app, string text) => await Town.ReadAsync<VerifyCredential.Verdict>(
        await app.As(Guid.NewGuid(), Roles.VenueOperator).PostAsJsonAsync("/health-code/v1/credentials/verify", new { credential = text }));

    private static async Task<RotateKeys.Response> RotateAsync(Town town, object body) => await Town.ReadAsync<RotateKeys.Response>(await OperatorAsync(town, body));

    private static Task<HttpResponseMessage> OperatorAsync(Town town, object body) =>
        town.App.As(Guid.NewGuid(), Roles.Operator).PostAsJsonAsync("/health-code/v1/keys/rotation", body);
}

using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.Identity.Domain;
using SmartCity.Signing;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class SigningKeyTests(CityServers servers)
{
    [Fact]
    public async Task The_next_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_has_ended()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var old = (await app.SignInByPhoneAsync("13800000001")).Reply;
        (await KeysAsync(app)).GetProperty("keys").GetArrayLength().ShouldBe(1);

        app.RealClock.Advance(TimeSpan.FromDays(29));
        var both = await KeysAsync(app);
        var stillOld = (await app.SignInByPhoneAsync("13800000001")).Reply;
        app.RealClock.Advance(TimeSpan.FromDays(1));
        var fresh = (await app.SignInByPhoneAsync("13800000001")).Reply;
        var rightAfter = await KeysAsync(app);
        app.RealClock.Advance(TimeSpan.FromMinutes(20));
        var later = await KeysAsync(app);

        both.GetProperty("keys").GetArrayLength().ShouldBe(2);
        KeyId(stillOld).ShouldBe(KeyId(old));
        KeyId(fresh).ShouldNotBe(KeyId(old));
        fresh.IsSignedByOneOf(both).ShouldBeTrue("whoever read the keys a day before has the new one");
        old.IsSignedByOneOf(rightAfter).ShouldBeTrue();
        old.IsSignedByOneOf(later).ShouldBeFalse();
        fresh.IsSignedByOneOf(later).ShouldBeTrue();
    }

    [Fact]
    public async Task Replicas_that_start_together_make_one_key()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await using var replica = app.Replica();

        var sets = await Task.WhenAll(new[] { app, replica, app, replica }.Select(KeysAsync));

        sets.Select(set => set.ToString()).Distinct().Count().ShouldBe(1);
        (await app.SignInByPhoneAsync("13800000001")).Reply.IsSignedByOneOf(await KeysAsync(replica)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_token_of_one_replica_is_good_for_the_other()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        await using var replica = app.Replica();
        var person = await app.SignInByPhoneAsync("13800000001");

        (await replica.With(person.AccessToken).GetAsync("/identity/v1/me")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Tokens_go_on_while_the_database_does_not_answer()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var first = await ServiceTokenAsync(app);
        await app.Database.ExecuteAsync("ALTER TABLE signing_keys RENAME TO gone");
        app.RealClock.Advance(TimeSpan.FromMinutes(2));

        KeyId(await ServiceTokenAsync(app)).ShouldBe(KeyId(first));
    }

    private static Task<TokenReply> ServiceTokenAsync(IdentityApp app) => app.TokenAsync(
        ("grant_type", "client_credentials"), ("client_id", "place-registration"), ("client_secret", IdentityApp.PlaceSecret), ("audience", "health-code"));

    private static async Task<JsonElement> KeysAsync(IdentityApp app) => await app.Anyone().GetFromJsonAsync<JsonElement>("/identity/.well-known/jwks.json");

    private static string? KeyId(TokenReply reply) => reply.Header.GetProperty("kid").GetString();
}

public sealed class KeyScheduleTests
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly KeySchedule schedule = new(UseFor: TimeSpan.FromDays(30), PublishAhead: TimeSpan.FromDays(1), KeepFor: TimeSpan.FromMinutes(20));

    [Fact]
    public void The_first_key_begins_at_once() => schedule.NextBegins([], Start).ShouldBe(Start);

    [Theory]
    [InlineData(28.9, null)]
    [InlineData(29.0, 30.0)]
    [InlineData(29.5, 30.5)]
    [InlineData(90.0, 91.0)]
    public void The_next_begins_a_day_after_it_is_made_and_not_before_the_old_one_is_due(double day, double? begins) =>
        schedule.NextBegins([Key(0)], Start.AddDays(day)).ShouldBe(begins is { } value ? Start.AddDays(value) : null);

    [Fact]
    public void The_old_key_signs_until_its_successor_begins_however_late()
    {
        Key[] keys = [Key(0), Key(91)];

        schedule.Signer(keys, Start.AddDays(90)).ShouldBe(keys[0]);
        schedule.Signer(keys, Start.AddDays(91)).ShouldBe(keys[1]);
    }

    [Fact]
    public void The_first_key_signs_for_a_clock_that_is_behind()
    {
        Key[] keys = [Key(0), Key(30)];

        schedule.Signer(keys, Start.AddDays(-100)).ShouldBe(keys[0]);
    }

    [Fact]
    public void A_key_is_over_when_the_last_token_it_can_have_signed_has_ended()
    {
        Key[] keys = [Key(0), Key(30)];

        schedule.IsOver(keys[0], keys, Start.AddDays(30).AddMinutes(19)).ShouldBeFalse();
        schedule.IsOver(keys[0], keys, Start.AddDays(30).AddMinutes(20)).ShouldBeTrue();
        schedule.IsOver(keys[1], keys, Start.AddDays(300)).ShouldBeFalse();
    }

    private static Key Key(double day) => new(Start.AddDays(day));
}

internal sealed record Key(DateTimeOffset SignsFrom) : IScheduledKey;

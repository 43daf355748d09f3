using System.Net;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace StandIns.Tests.Jwt;

public sealed class KeyTests : IAsyncLifetime
{
    private readonly Signer _old = new("old");
    private readonly Signer _new = new("new");
    private Provider _provider = null!;
    private ProtectedApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await Provider.StartAsync(_old.PublicJwk());
        _app = await ProtectedApp.StartAsync(TrustProvider);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_new_key_is_found_when_a_token_names_it_and_the_old_one_still_counts()
    {
        await _app.ClaimsOfAsync(_old.Sign(_app.Payload()));

        _provider.Keys = [_old.PublicJwk(), _new.PublicJwk()];

        await _app.ClaimsOfAsync(_new.Sign(_app.Payload()));
        await _app.ClaimsOfAsync(_old.Sign(_app.Payload()));
        _provider.KeyReads.ShouldBe(2);
    }

    [Fact]
    public async Task Made_up_key_ids_ask_the_provider_once_per_interval()
    {
        await _app.ClaimsOfAsync(_old.Sign(_app.Payload()));

        for (var i = 0; i < 5; i++)
            await _app.RefusalOfAsync(new Signer($"made-up-{i}").Sign(_app.Payload()));
        _provider.KeyReads.ShouldBe(2);

        _app.Clock.Advance(TimeSpan.FromMinutes(1));
        await _app.RefusalOfAsync(new Signer("made-up").Sign(_app.Payload()));
        _provider.KeyReads.ShouldBe(3);
    }

    [Fact]
    public async Task A_withdrawn_key_ends_even_tokens_that_are_remembered()
    {
        var token = _old.Sign(_app.Payload(("exp", _app.Clock.GetUtcNow().AddDays(2).ToUnixTimeSeconds())));
        await _app.ClaimsOfAsync(token);

        _provider.Keys = [_new.PublicJwk()];
        _app.Clock.Advance(TimeSpan.FromHours(12));

        (await _app.RefusalOfAsync(token))!.ShouldContain("The signature is invalid");
    }

    [Fact]
    public async Task The_last_good_keys_hold_while_the_provider_is_down_or_talks_nonsense()
    {
        await _app.ClaimsOfAsync(_old.Sign(_app.Payload()));

        _provider.Down = true;
        _app.Clock.Advance(TimeSpan.FromHours(12));
        await _app.ClaimsOfAsync(_old.Sign(_app.Payload()));

        _provider.Down = false;
        foreach (var nonsense in new[] { "7", "{\"kty\":7}", _new.PublicJwk(use: "enc") })
        {
            _provider.Keys = [nonsense];
            _app.Clock.Advance(TimeSpan.FromHours(12));
            await _app.ClaimsOfAsync(_old.Sign(_app.Payload()));
        }
        _provider.KeyReads.ShouldBe(4);
    }

    [Fact]
    public async Task A_service_that_starts_before_its_provider_says_so_and_recovers()
    {
        _provider.Down = true;

        var early = await _app.GetAsync("/me", _old.Sign(_app.Payload()));
        early.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, "the token may be good: its holder must keep it");
        early.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));

        _provider.Down = false;
        _app.Clock.Advance(TimeSpan.FromSeconds(1));
        await _app.ClaimsOfAsync(_old.Sign(_app.Payload()));
    }

    [Fact]
    public async Task Many_first_requests_read_the_keys_once()
    {
        var token = _old.Sign(_app.Payload());

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _app.ClaimsOfAsync(token)));

        _provider.KeyReads.ShouldBe(1);
    }

    [Theory]
    [InlineData("enc", "P-256", null)]
    [InlineData("sig", "P-384", null)]
    [InlineData("sig", "P-256", "RS256")]
    public async Task A_published_key_that_is_not_for_ES256_signatures_signs_nothing(string use, string curve, string? algorithm)
    {
        var key = _new.PublicJwk(use).Replace("P-256", curve, StringComparison.Ordinal);
        _provider.Keys = [_old.PublicJwk(), algorithm is null ? key : key[..^1] + $",\"alg\":\"{algorithm}\"}}"];

        (await _app.RefusalOfAsync(_new.Sign(_app.Payload())))!.ShouldContain("The signature is invalid");
    }

    [Fact]
    public void A_point_off_the_curve_is_no_signing_key()
    {
        var x = Signer.Encode(new string('x', 32));

        new JsonWebKeySet($$"""{"keys":[{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{x}}"}]}""").GetSigningKeys().ShouldBeEmpty();
    }

    private void TrustProvider(JwtBearerOptions options)
    {
        options.Authority = _provider.Authority;
        options.RefreshInterval = TimeSpan.FromMinutes(1);
    }
}

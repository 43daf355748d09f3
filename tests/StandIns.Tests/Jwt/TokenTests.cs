using System.Buffers.Text;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace StandIns.Tests.Jwt;

public sealed class TokenTests : IAsyncLifetime
{
    private readonly Signer _city = new("city-1");
    private readonly Signer _stranger = new("city-1");
    private readonly Signer _other = new("city-2");
    private ProtectedApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await ProtectedApp.StartAsync(options =>
        options.TokenValidationParameters.IssuerSigningKeys = [new JsonWebKey(_city.PublicJwk()), new JsonWebKey(_other.PublicJwk())]);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_example_of_RFC_7515_is_accepted_until_it_expires()
    {
        const string token = "eyJhbGciOiJFUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
            + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        await using var app = await ProtectedApp.StartAsync(options =>
        {
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = "joe",
                ValidateAudience = false,
                ClockSkew = TimeSpan.Zero,
                IssuerSigningKey = new JsonWebKey("""
                    {"kty":"EC","crv":"P-256",
                    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
                    """),
            };
        }, DateTimeOffset.FromUnixTimeSeconds(1300819379));

        (await app.ClaimsOfAsync(token)).ShouldContain(new SeenClaim("http://example.com/is_root", "true", ClaimValueTypes.Boolean));

        app.Clock.Advance(TimeSpan.FromSeconds(1));
        (await app.RefusalOfAsync(token)).ShouldBe("error=\"invalid_token\", error_description=\"The token is expired\"");
    }

    [Fact]
    public async Task Claims_keep_their_names_and_kinds()
    {
        var claims = await _app.ClaimsOfAsync(_city.Sign(_app.Payload(
            ("role", new[] { "officer", "auditor" }), ("level", 3), ("big", 5_000_000_000), ("share", 0.5), ("deputy", true),
            ("cnf", new { jkt = "x" }), ("nothing", JsonSerializer.SerializeToElement<string?>(null)))));

        claims.ShouldContain(new SeenClaim("sub", "citizen-1", ClaimValueTypes.String));
        claims.Where(claim => claim.Type == "role").Select(claim => claim.Value).ShouldBe(["officer", "auditor"]);
        claims.ShouldContain(new SeenClaim("level", "3", ClaimValueTypes.Integer32));
        claims.ShouldContain(new SeenClaim("big", "5000000000", ClaimValueTypes.Integer64));
        claims.ShouldContain(new SeenClaim("share", "0.5", ClaimValueTypes.Double));
        claims.ShouldContain(new SeenClaim("deputy", "true", ClaimValueTypes.Boolean));
        claims.ShouldContain(new SeenClaim("cnf", """{"jkt":"x"}""", JsonClaimValueTypes.Json));
        claims.ShouldContain(new SeenClaim("nothing", "", JsonClaimValueTypes.JsonNull));
    }

    [Fact]
    public async Task Name_and_roles_come_from_the_configured_claims()
    {
        var officer = _city.Sign(_app.Payload(("role", "officer")));

        (await (await _app.GetAsync("/name", officer)).Content.ReadAsStringAsync()).ShouldBe("citizen-1");
        (await _app.GetAsync("/officers", officer)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _app.GetAsync("/officers", _city.Sign(_app.Payload()))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Audience_may_be_one_of_several_and_times_may_have_fractions_and_the_key_id_may_be_absent()
    {
        var soon = _app.Clock.GetUtcNow().ToUnixTimeSeconds() + 0.5;
        var payload = _app.Payload(("aud", new[] { "other", ProtectedApp.Audience }), ("exp", soon));

        await _app.ClaimsOfAsync(_other.Sign("""{"alg":"ES256","typ":"at+jwt"}""", payload));
    }

    [Fact]
    public async Task A_remembered_token_still_expires_and_no_other_token_profits_from_it()
    {
        var token = _city.Sign(_app.Payload());
        await _app.ClaimsOfAsync(token);
        await _app.ClaimsOfAsync(token);

        var parts = token.Split('.');
        var otherPayload = Signer.Encode(JsonSerializer.Serialize(_app.Payload(("sub", "citizen-2"))));
        (await _app.RefusalOfAsync($"{parts[0]}.{otherPayload}.{parts[2]}")).ShouldBe(InvalidToken("The signature is invalid"));
        var zeros = new string('A', parts[2].Length);
        (await _app.RefusalOfAsync($"{parts[0]}.{parts[1]}.{zeros}")).ShouldBe(InvalidToken("The signature is invalid"));

        _app.Clock.Advance(TimeSpan.FromSeconds(630));
        (await _app.RefusalOfAsync(token)).ShouldBe(InvalidToken("The token is expired"));
    }

    [Fact]
    public async Task Times_allow_the_clock_skew_and_expiry_is_exclusive()
    {
        var now = _app.Clock.GetUtcNow().ToUnixTimeSeconds();

        await _app.ClaimsOfAsync(_city.Sign(_app.Payload(("exp", now - 29), ("nbf", now + 30), ("iat", now + 30))));
        (await _app.RefusalOfAsync(_city.Sign(_app.Payload(("exp", now - 30))))).ShouldBe(InvalidToken("The token is expired"));
    }

    [Theory]
    [MemberData(nameof(WrongPayloads))]
    public async Task A_payload_that_is_not_for_here_and_now_is_refused(string refusal, string member, object? value)
    {
        var payload = _app.Payload();
        if (value is null)
            payload.Remove(member);
        else
            payload[member] = value is TimeSpan later ? (_app.Clock.GetUtcNow() + later).ToUnixTimeSeconds() : value;

        (await _app.RefusalOfAsync(_city.Sign(payload))).ShouldBe(InvalidToken(refusal));
    }

    public static TheoryData<string, string, object?> WrongPayloads() => new()
    {
        { "The token is not valid yet", "nbf", TimeSpan.FromSeconds(31) },
        { "The token is not valid yet", "iat", TimeSpan.FromSeconds(31) },
        { "The token has no expiration", "exp", null },
        { "The token is malformed", "exp", "soon" },
        { "The token is malformed", "exp", -1 },
        { "The token is malformed", "exp", 1e300 },
        { "The audience is not accepted", "aud", "place-registration" },
        { "The audience is not accepted", "aud", null },
        { "The token is malformed", "aud", new object[] { ProtectedApp.Audience, 7 } },
        { "The issuer is not accepted", "iss", "https://identity.elsewhere.test" },
        { "The issuer is not accepted", "iss", null },
        { "The token is malformed", "iss", 7 },
    };

    [Theory]
    [InlineData("""{"alg":"none","typ":"at+jwt","kid":"city-1"}""", "The signature algorithm is not accepted")]
    [InlineData("""{"alg":"HS256","typ":"at+jwt","kid":"city-1"}""", "The signature algorithm is not accepted")]
    [InlineData("""{"alg":"es256","typ":"at+jwt","kid":"city-1"}""", "The signature algorithm is not accepted")]
    [InlineData("""{"typ":"at+jwt","kid":"city-1"}""", "The signature algorithm is not accepted")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"city-1","crit":["b64"],"b64":false}""", "The signature algorithm is not accepted")]
    [InlineData("""{"alg":"ES256","typ":"JWT","kid":"city-1"}""", "The token's type is not accepted")]
    [InlineData("""{"alg":"ES256","kid":"city-1"}""", "The token's type is not accepted")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"city-2"}""", "The signature is invalid")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"city-3"}""", "The signature is invalid")]
    [InlineData("""{"alg":"ES256","alg":"ES256","typ":"at+jwt","kid":"city-1"}""", "The token is malformed")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":1}""", "The token is malformed")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"\ud800"}""", "The token is malformed")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"city-1"}x""", "The token is malformed")]
    [InlineData("""["ES256"]""", "The token is malformed")]
    public async Task A_header_that_is_not_ours_is_refused_whoever_signed(string header, string refusal) =>
        (await _app.RefusalOfAsync(_city.Sign(header, _app.Payload()))).ShouldBe(InvalidToken(refusal));

    [Fact]
    public async Task A_strangers_key_is_refused_even_when_the_token_brings_it_or_names_ours()
    {
        var bringing = $$"""{"alg":"ES256","typ":"at+jwt","kid":"city-1","jwk":{{_stranger.PublicJwk()}}}""";

        (await _app.RefusalOfAsync(_stranger.Sign(bringing, _app.Payload()))).ShouldBe(InvalidToken("The signature is invalid"));
        (await _app.RefusalOfAsync(_stranger.Sign(_app.Payload()))).ShouldBe(InvalidToken("The signature is invalid"));
    }

    [Fact]
    public async Task Our_public_key_is_no_secret_to_sign_with()
    {
        var signed = Signer.Encode(_city.Header("HS256")) + "." + Signer.Encode(JsonSerializer.Serialize(_app.Payload()));
        var mac = HMACSHA256.HashData(_city.PublicKeyBytes, Encoding.ASCII.GetBytes(signed));

        // Lengthened to pass for one of our signatures, so that it is the algorithm that refuses it.
        var signature = Base64Url.EncodeToString([.. mac, .. mac]);
        (await _app.RefusalOfAsync($"{signed}.{signature}")).ShouldBe(InvalidToken("The signature algorithm is not accepted"));
    }

    [Fact]
    public async Task Only_the_canonical_compact_form_is_a_token()
    {
        var token = _city.Sign(_app.Payload());
        var parts = token.Split('.');
        // 64 bytes leave four unused bits in the last character: another one that differs only there decodes to the same bytes.
        var strayBits = token[..^1] + (char)(token[^1] + 1);
        var payload = JsonSerializer.Serialize(_app.Payload());
        var der = _city.SignText(_city.Header(), payload, DSASignatureFormat.Rfc3279DerSequence);
        var twice = _city.SignText(_city.Header(), payload[..^1] + ""","sub":"citizen-2"}""");
        var noText = _city.SignText(_city.Header(), payload[..^1] + ""","\ud800":"\ud800"}""");
        var latin = _city.SignText(_city.Header(), payload[..^1] + ""","name":{"given":"é"}}""", encoding: Encoding.Latin1);
        string[] malformed =
        [
            token + "==", parts[0] + "=." + parts[1] + "." + parts[2], token.Replace(".", ". "), strayBits, der, twice, noText, latin,
            parts[0] + "." + parts[1], parts[0] + "." + parts[1] + ".", token + "." + parts[2], "..", "x", "{}",
            $$"""{"protected":"{{parts[0]}}","payload":"{{parts[1]}}","signature":"{{parts[2]}}"}""",
        ];

        foreach (var text in malformed)
            (await _app.RefusalOfAsync(text)).ShouldBe(InvalidToken("The token is malformed"), text);
    }

    [Fact]
    public async Task A_token_is_checked_once_and_remembered()
    {
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = ProtectedApp.Issuer,
            ValidAudience = ProtectedApp.Audience,
            IssuerSigningKey = new JsonWebKey(_city.PublicJwk()),
        };
        var verifier = new TokenVerifier(parameters, provider: null);
        var token = _city.Sign(_app.Payload());

        var first = await verifier.VerifyAsync(token, _app.Clock.GetUtcNow(), TestContext.Current.CancellationToken);
        var second = await verifier.VerifyAsync(token, _app.Clock.GetUtcNow(), TestContext.Current.CancellationToken);

        second.ShouldBeSameAs(first);
    }

    [Fact]
    public async Task A_token_beyond_the_limit_is_refused_unread() =>
        (await _app.RefusalOfAsync(_city.Sign(_app.Payload(("pad", new string('x', 13_000))))))
        .ShouldBe(InvalidToken("The token is too long"));

    private static string InvalidToken(string description) => $"error=\"invalid_token\", error_description=\"{description}\"";
}

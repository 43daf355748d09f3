using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace StandIns.Tests.Jwt;

public sealed class BearerTests
{
    private readonly Signer _city = new("city-1");

    [Fact]
    public async Task Without_a_token_the_challenge_says_only_how()
    {
        await using var app = await StartAsync();

        var response = await app.GetAsync("/me");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task Details_can_be_kept_back()
    {
        await using var app = await StartAsync(options => options.IncludeErrorDetails = false);

        (await app.RefusalOfAsync("x")).ShouldBeNull();
    }

    [Fact]
    public async Task A_realm_and_an_events_own_words_join_the_challenge()
    {
        await using var app = await StartAsync(options =>
        {
            options.Challenge = "Bearer realm=\"city\"";
            options.Events.OnChallenge = context =>
            {
                context.ErrorUri = "https://city.test/tokens";
                return Task.CompletedTask;
            };
        });

        (await app.RefusalOfAsync("x")).ShouldBe(
            """realm="city", error="invalid_token", error_description="The token is malformed", """
            + "error_uri=\"https://city.test/tokens\"");
    }

    [Fact]
    public async Task An_event_may_answer_the_challenge_itself()
    {
        await using var app = await StartAsync(options => options.Events.OnChallenge = context =>
        {
            context.HandleResponse();
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        });

        var response = await app.GetAsync("/me", "x");

        ((int)response.StatusCode).ShouldBe(418);
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_may_read_the_token_from_elsewhere()
    {
        await using var app = await StartAsync(options => options.Events.OnMessageReceived = context =>
        {
            context.Token = context.Request.Query["access_token"];
            return Task.CompletedTask;
        });
        var token = _city.Sign(app.Payload());

        (await app.GetAsync($"/me?access_token={token}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await app.GetAsync("/me", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_an_event_adds_to_one_request_is_not_there_in_the_next()
    {
        await using var app = await StartAsync(options => options.Events.OnTokenValidated = context =>
        {
            ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new Claim("added", "once"));
            return Task.CompletedTask;
        });
        var token = _city.Sign(app.Payload());

        for (var i = 0; i < 3; i++)
            (await app.ClaimsOfAsync(token)).Count(claim => claim.Type == "added").ShouldBe(1);
    }

    [Fact]
    public async Task An_event_may_refuse_a_valid_token_and_hears_why_others_failed()
    {
        var failures = new List<Exception>();
        await using var app = await StartAsync(options =>
        {
            options.Events.OnTokenValidated = context =>
            {
                context.Fail("The session has ended");
                return Task.CompletedTask;
            };
            options.Events.OnAuthenticationFailed = context =>
            {
                failures.Add(context.Exception);
                return Task.CompletedTask;
            };
        });
        var expired = _city.Sign(app.Payload(("exp", 1)));

        (await app.RefusalOfAsync(_city.Sign(app.Payload()))).ShouldBe("error=\"invalid_token\"");
        await app.RefusalOfAsync(expired);

        failures.ShouldHaveSingleItem().ShouldBeOfType<SecurityTokenExpiredException>();
    }

    [Fact]
    public async Task The_token_is_there_to_pass_on()
    {
        await using var app = await StartAsync();
        var token = _city.Sign(app.Payload());

        (await (await app.GetAsync("/token", token)).Content.ReadAsStringAsync()).ShouldBe(token);
    }

    [Fact]
    public async Task Settings_that_would_weaken_or_never_accept_are_refused()
    {
        Action<JwtBearerOptions>[] wrong =
        [
            options => options.MapInboundClaims = true,
            options => options.TokenValidationParameters.RequireSignedTokens = false,
            options => options.TokenValidationParameters.ValidAlgorithms = ["RS256"],
            options => options.RefreshInterval = TimeSpan.Zero,
            options => (options.Authority, options.RequireHttpsMetadata) = ("http://identity.city.test", true),
        ];

        foreach (var configure in wrong)
        {
            await using var app = await StartAsync(configure);
            (await app.GetAsync("/me")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        }
    }

    private Task<ProtectedApp> StartAsync(Action<JwtBearerOptions>? configure = null) => ProtectedApp.StartAsync(options =>
    {
        options.TokenValidationParameters.IssuerSigningKey = new JsonWebKey(_city.PublicJwk());
        configure?.Invoke(options);
    });
}

using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Net.Http.Headers;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>RFC 6750: a bearer token in the Authorization header, answered by 401 with what is wrong with it.</summary>
public class JwtBearerHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<JwtBearerOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";

    protected new JwtBearerEvents Events
    {
        get => (JwtBearerEvents)base.Events!;
        set => base.Events = value;
    }

    protected override Task<object> CreateEventsAsync() => Task.FromResult<object>(new JwtBearerEvents());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var received = new MessageReceivedContext(Context, Scheme, Options);
        await Events.MessageReceived(received);
        if (received.Result is not null)
            return received.Result;

        var token = received.Token ?? FromHeader();
        if (string.IsNullOrEmpty(token))
            return AuthenticateResult.NoResult();

        VerifiedToken verified;
        try
        {
            verified = await Options.Verifier.VerifyAsync(token, TimeProvider.GetUtcNow(), Context.RequestAborted);
        }
        catch (SecurityTokenException refusal)
        {
            var failed = new AuthenticationFailedContext(Context, Scheme, Options) { Exception = refusal };
            await Events.AuthenticationFailed(failed);
            return failed.Result ?? AuthenticateResult.Fail(refusal);
        }
        catch (SigningKeysUnavailableException outage)
        {
            return AuthenticateResult.Fail(outage);
        }

        var validated = new TokenValidatedContext(Context, Scheme, Options)
        {
            Principal = verified.ToPrincipal(Options.TokenValidationParameters),
        };
        validated.Properties.ExpiresUtc = verified.Expires;
        if (Options.SaveToken)
            validated.Properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);

        await Events.TokenValidated(validated);
        if (validated.Result is null)
            validated.Success();
        return validated.Result!;
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        var challenge = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = failure };
        if (failure is not null && Options.IncludeErrorDetails)
        {
            challenge.Error = "invalid_token";
            // Only our own refusals speak: their texts are fixed and repeat nothing of the token.
            challenge.ErrorDescription = (failure as SecurityTokenException)?.Message;
        }

        await Events.Challenge(challenge);
        if (challenge.Handled)
            return;

        // Nothing is wrong with the token, so its holder must not throw it away.
        if (failure is SigningKeysUnavailableException)
        {
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            Response.Headers.RetryAfter = "1";
            return;
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, Header(challenge));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Events.Forbidden(new ForbiddenContext(Context, Scheme, Options));
    }

    private string? FromHeader()
    {
        var header = Request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;
    }

    private string Header(JwtBearerChallengeContext challenge)
    {
        var header = new StringBuilder(Options.Challenge);
        foreach (var (name, value) in new[]
                 {
                     ("error", challenge.Error),
                     ("error_description", challenge.ErrorDescription),
                     ("error_uri", challenge.ErrorUri),
                 })
        {
            if (string.IsNullOrEmpty(value))
                continue;
            header.Append(header.Length == Options.Challenge.Length && !Options.Challenge.Contains(' ') ? " " : ", ");
            header.Append(name).Append("=\"").Append(value).Append('"');
        }
        return header.ToString();
    }
}

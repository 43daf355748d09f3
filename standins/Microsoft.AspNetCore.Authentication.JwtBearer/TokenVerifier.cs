using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>What a token said when its signature was checked, and the key that signed it.</summary>
internal sealed record VerifiedToken(SecurityKey Key, IReadOnlyList<Claim> Claims, DateTimeOffset? NotBefore, DateTimeOffset? Expires)
{
    // A new identity for every request: events may add claims to theirs.
    public ClaimsPrincipal ToPrincipal(TokenValidationParameters parameters) =>
        new(new ClaimsIdentity(Claims, parameters.AuthenticationType, parameters.NameClaimType, parameters.RoleClaimType));
}

/// <summary>
/// Checks signature, issuer, audience, type and times. Signatures that held are remembered by the hash of the whole token while
/// their key is still trusted, so that a session costs one signature check and not one per request; times are checked every time.
/// </summary>
internal sealed class TokenVerifier(TokenValidationParameters parameters, ProviderKeys? provider)
{
    private const int LongestToken = 16 * 1024;
    private const int RememberedTokens = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _verified = new(new MemoryCacheOptions { SizeLimit = RememberedTokens });

    public async ValueTask<VerifiedToken> VerifyAsync(string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (token.Length > LongestToken)
            throw new SecurityTokenException("The token is too long");

        var fingerprint = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var published = provider is null ? null : await provider.GetAsync(cancellationToken);
        if (!_verified.TryGetValue(fingerprint, out VerifiedToken? verified) || !Trusted(published).Contains(verified!.Key))
        {
            verified = await VerifyAsync(Jws.Parse(token), published, now, cancellationToken);
            _verified.Set(fingerprint, verified, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
        }

        if (parameters.ValidateLifetime)
            CheckTimes(verified, now);
        return verified;
    }

    private async ValueTask<VerifiedToken> VerifyAsync(
        Jws jws, ProviderSnapshot? published, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (parameters.ValidTypes is { } types && !types.Contains(jws.Type))
            throw new SecurityTokenException("The token's type is not accepted");

        if (published is not null && !Candidates(jws, published).Any())
            published = await provider!.GetNewerThanAsync(published, cancellationToken);
        var key = Candidates(jws, published).FirstOrDefault(jws.IsSignedBy)
            ?? throw new SecurityTokenInvalidSignatureException("The signature is invalid");

        try
        {
            using var payload = StrictJson.Object(jws.Payload);
            return Read(payload.RootElement, key, published, now);
        }
        catch (JsonException)
        {
            throw Jws.Malformed();
        }
    }

    private VerifiedToken Read(JsonElement payload, SecurityKey key, ProviderSnapshot? published, DateTimeOffset now)
    {
        var issuer = StrictJson.String(payload, "iss");
        if (parameters.ValidateIssuer && (issuer is null || !parameters.Issuers.Append(published?.Issuer).Contains(issuer)))
            throw new SecurityTokenInvalidIssuerException("The issuer is not accepted");
        if (parameters.ValidateAudience && !ClaimsReader.Texts(payload, "aud").Intersect(parameters.Audiences).Any())
            throw new SecurityTokenInvalidAudienceException("The audience is not accepted");
        if (ClaimsReader.Time(payload, "iat") > now + parameters.ClockSkew)
            throw new SecurityTokenNotYetValidException("The token is not valid yet");

        return new VerifiedToken(
            key, ClaimsReader.Claims(payload, issuer), ClaimsReader.Time(payload, "nbf"), ClaimsReader.Time(payload, "exp"));
    }

    private void CheckTimes(VerifiedToken token, DateTimeOffset now)
    {
        if (token.Expires is null && parameters.RequireExpirationTime)
            throw new SecurityTokenNoExpirationException("The token has no expiration");
        if (token.Expires is { } expires && now - parameters.ClockSkew >= expires)
            throw new SecurityTokenExpiredException("The token is expired");
        if (token.NotBefore is { } notBefore && now + parameters.ClockSkew < notBefore)
            throw new SecurityTokenNotYetValidException("The token is not valid yet");
    }

    // A key id that the token names must match: another key never gets to try. Without one, every trusted key may.
    private IEnumerable<SecurityKey> Candidates(Jws jws, ProviderSnapshot? published) =>
        Trusted(published).Where(key => jws.KeyId is null || jws.KeyId == key.KeyId);

    private IEnumerable<SecurityKey> Trusted(ProviderSnapshot? published) =>
        published is null ? parameters.Keys : parameters.Keys.Concat(published.Keys);
}

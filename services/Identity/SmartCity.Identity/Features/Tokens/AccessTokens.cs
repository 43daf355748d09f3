using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>Whom a token is about and what it is good for.</summary>
internal sealed record TokenContent(string Subject, string ClientId, string Scope, IReadOnlyList<string> Audiences)
{
    public IReadOnlyList<string> Roles { get; init; } = [];

    public string? Department { get; init; }

    /// <summary>The proxy, where one acts for the subject.</summary>
    public Guid? Actor { get; init; }

    public static TokenContent Of(Account account, string clientId, IReadOnlyList<string> audiences) =>
        new(account.Id.ToString(), clientId, CityClaims.PeopleScope, audiences) { Roles = account.Roles, Department = account.Department };
}

/// <summary>JWT access tokens (RFC 9068), signed with ES256.</summary>
internal sealed class AccessTokens(SigningKeys keys, IOptions<ProviderSettings> settings, [FromKeyedServices(RealTime.Key)] TimeProvider realTime)
{
    public async ValueTask<TokenAnswer> IssueAsync(TokenContent content, CancellationToken cancellationToken)
    {
        var key = await keys.SignerAsync(cancellationToken);
        var now = realTime.GetUtcNow();
        var lifetime = (int)settings.Value.TokenLifetime.TotalSeconds;

        var token = Jws.Sign(key, "at+jwt", JsonSerializer.SerializeToUtf8Bytes(Claims(content, now.ToUnixTimeSeconds(), lifetime)));
        return new TokenAnswer(token, lifetime, content.Scope);
    }

    private JsonObject Claims(TokenContent content, long now, int lifetime)
    {
        var claims = new JsonObject
        {
            ["iss"] = settings.Value.Issuer,
            [CityClaims.Subject] = content.Subject,
            ["aud"] = Array(content.Audiences),
            ["exp"] = now + lifetime,
            ["iat"] = now,
            ["jti"] = Guid.NewGuid().ToString(),
            [CityClaims.ClientId] = content.ClientId,
            [CityClaims.Scope] = content.Scope,
        };
        if (content.Roles.Count > 0) claims[CityClaims.Role] = Array(content.Roles);
        if (content.Department is not null) claims[CityClaims.Department] = content.Department;
        if (content.Actor is { } actor) claims[CityClaims.Actor] = new JsonObject { [CityClaims.Subject] = actor.ToString() };
        return claims;
    }

    private static JsonArray Array(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];
}

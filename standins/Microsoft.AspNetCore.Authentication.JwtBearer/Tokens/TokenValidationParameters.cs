using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Microsoft.IdentityModel.Tokens;

public class TokenValidationParameters
{
    public static readonly TimeSpan DefaultClockSkew = TimeSpan.FromSeconds(300);

    public string? ValidIssuer { get; set; }

    public IEnumerable<string>? ValidIssuers { get; set; }

    public string? ValidAudience { get; set; }

    public IEnumerable<string>? ValidAudiences { get; set; }

    public IEnumerable<string>? ValidAlgorithms { get; set; }

    /// <summary>The accepted <c>typ</c> headers, for instance <c>at+jwt</c>; null accepts any.</summary>
    public IEnumerable<string?>? ValidTypes { get; set; }

    public TimeSpan ClockSkew { get; set; } = DefaultClockSkew;

    public SecurityKey? IssuerSigningKey { get; set; }

    public IEnumerable<SecurityKey>? IssuerSigningKeys { get; set; }

    public string AuthenticationType { get; set; } = "AuthenticationTypes.Federation";

    public string NameClaimType { get; set; } = ClaimsIdentity.DefaultNameClaimType;

    public string RoleClaimType { get; set; } = ClaimsIdentity.DefaultRoleClaimType;

    public bool RequireExpirationTime { get; set; } = true;

    public bool RequireSignedTokens { get; set; } = true;

    public bool ValidateIssuer { get; set; } = true;

    public bool ValidateAudience { get; set; } = true;

    public bool ValidateLifetime { get; set; } = true;

    internal IEnumerable<string?> Issuers => (ValidIssuers ?? []).Append(ValidIssuer);

    internal IEnumerable<string?> Audiences => (ValidAudiences ?? []).Append(ValidAudience);

    internal IEnumerable<SecurityKey> Keys =>
        IssuerSigningKey is null ? IssuerSigningKeys ?? [] : (IssuerSigningKeys ?? []).Append(IssuerSigningKey);

    internal void Validate()
    {
        if (!RequireSignedTokens || (ValidAlgorithms is not null && !ValidAlgorithms.Contains(Jws.Algorithm)))
            throw new InvalidOperationException("Tokens are signed, and by ES256: allow that algorithm.");
    }
}

using System.Buffers.Text;
using System.Security.Claims;
using System.Text.Json;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Session;

/// <summary>What an access token says about a person, as far as pages need it.</summary>
internal static class TokenClaims
{
    public static IReadOnlyList<Claim> Of(string accessToken)
    {
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(accessToken.Split('.')[1]));
        var token = payload.RootElement;
        var claims = new List<Claim> { new(CityClaims.Subject, token.GetProperty(CityClaims.Subject).GetString()!) };
        if (token.TryGetProperty(CityClaims.Role, out var roles)) claims.AddRange(roles.EnumerateArray().Select(role => new Claim(CityClaims.Role, role.GetString()!)));
        if (token.TryGetProperty(CityClaims.Department, out var department)) claims.Add(new Claim(CityClaims.Department, department.GetString()!));
        if (token.TryGetProperty(CityClaims.Scope, out var scope)) claims.Add(new Claim(CityClaims.Scope, scope.GetString()!));
        return claims;
    }
}

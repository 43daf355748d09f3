using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>Members of the payload as claims, one to one: an array becomes one claim per item, an object stays JSON.</summary>
internal static class ClaimsReader
{
    private const double LastSecond = 253402300799;

    public static IReadOnlyList<Claim> Claims(JsonElement payload, string? issuer)
    {
        var claims = new List<Claim>();
        foreach (var member in payload.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Array)
                claims.Add(One(member.Name, member.Value, issuer));
            else
                claims.AddRange(member.Value.EnumerateArray().Select(item => One(member.Name, item, issuer)));
        }
        return claims;
    }

    /// <summary>A string or an array of strings, as RFC 7519 lets an audience be.</summary>
    public static IEnumerable<string> Texts(JsonElement payload, string member)
    {
        if (!payload.TryGetProperty(member, out var value))
            return [];
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return items.All(item => item.ValueKind == JsonValueKind.String)
            ? items.Select(StrictJson.Text)
            : throw new JsonException($"{member} is no string");
    }

    /// <summary>A NumericDate: seconds since 1970, perhaps with a fraction.</summary>
    public static DateTimeOffset? Time(JsonElement payload, string member)
    {
        if (!payload.TryGetProperty(member, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : throw new JsonException($"{member} is no time");
    }

    private static Claim One(string type, JsonElement value, string? issuer)
    {
        var (text, valueType) = value.ValueKind switch
        {
            JsonValueKind.String => (StrictJson.Text(value), ClaimValueTypes.String),
            JsonValueKind.True => ("true", ClaimValueTypes.Boolean),
            JsonValueKind.False => ("false", ClaimValueTypes.Boolean),
            JsonValueKind.Number => (value.GetRawText(), NumberType(value)),
            JsonValueKind.Null => (string.Empty, JsonClaimValueTypes.JsonNull),
            JsonValueKind.Array => (value.GetRawText(), JsonClaimValueTypes.JsonArray),
            _ => (value.GetRawText(), JsonClaimValueTypes.Json),
        };
        return new Claim(type, text, valueType, issuer);
    }

    private static string NumberType(JsonElement value)
    {
        if (value.TryGetInt32(out _))
            return ClaimValueTypes.Integer32;
        return value.TryGetInt64(out _) ? ClaimValueTypes.Integer64 : ClaimValueTypes.Double;
    }
}

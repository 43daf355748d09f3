using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>How one gets a token.</summary>
internal static class GrantTypes
{
    public const string ClientCredentials = "client_credentials";
    public const string RefreshToken = "refresh_token";
    public const string Staff = "urn:smartcity:grant:staff";
    public const string PhoneCode = "urn:smartcity:grant:phone-code";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    public static IReadOnlyList<string> All { get; } = [ClientCredentials, Staff, PhoneCode, RefreshToken, TokenExchange];
}

/// <summary>The form of the token endpoint; which fields are needed depends on the grant type.</summary>
internal sealed record TokenRequest
{
    private static readonly FormOptions Limits = new() { ValueCountLimit = 32, KeyLengthLimit = 64, ValueLengthLimit = 8 * 1024 };

    [JsonPropertyName("grant_type")]
    public required string GrantType { get; init; }

    [JsonPropertyName("client_id")]
    public string? ClientId { get; init; }

    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    [JsonPropertyName("audience")]
    public string? Audience { get; init; }

    [JsonPropertyName("scope")]
    public string? Scope { get; init; }

    [JsonPropertyName("username")]
    public string? UserName { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("totp")]
    public string? Totp { get; init; }

    [JsonPropertyName("phone")]
    public string? Phone { get; init; }

    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    [JsonPropertyName("subject_token")]
    public string? SubjectToken { get; init; }

    [JsonPropertyName("subject_token_type")]
    public string? SubjectTokenType { get; init; }

    /// <summary>Reads the form; null where it is none, a field stands twice (RFC 6749 §3.2) or a value holds control characters, which no field may.</summary>
    public static async Task<TokenRequest?> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType) return null;
        IFormCollection form;
        try
        {
            context.Features.Set<IFormFeature>(new FormFeature(context.Request, Limits));
            form = await context.Request.ReadFormAsync(cancellationToken);
        }
        catch (InvalidDataException)
        {
            return null;
        }

        if (form.Any(field => field.Value.Count != 1 || field.Value[0]!.Any(char.IsControl))) return null;

        // An empty value is an absent one (RFC 6749 §3.2).
        string? Field(string name) => form[name] is [{ Length: > 0 } value] ? value : null;
        return new TokenRequest
        {
            GrantType = Field("grant_type") ?? "",
            ClientId = Field("client_id"),
            ClientSecret = Field("client_secret"),
            Audience = Field("audience"),
            Scope = Field("scope"),
            UserName = Field("username"),
            Password = Field("password"),
            Totp = Field("totp"),
            Phone = Field("phone"),
            Code = Field("code"),
            RefreshToken = Field("refresh_token"),
            SubjectToken = Field("subject_token"),
            SubjectTokenType = Field("subject_token_type"),
        };
    }
}

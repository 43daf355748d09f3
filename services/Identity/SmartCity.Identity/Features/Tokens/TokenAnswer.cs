using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Metadata;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>The answer of RFC 6749 §5.1.</summary>
internal sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("scope")] string Scope)
{
    [JsonPropertyName("token_type")]
    public string TokenType => "Bearer";

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>Of a token exchange (RFC 8693 §2.2.1).</summary>
    [JsonPropertyName("issued_token_type")]
    public string? IssuedTokenType { get; init; }
}

/// <summary>The refusal of RFC 6749 §5.2, with the stable code that other refusals of the city have.</summary>
/// <param name="Error">The word that OAuth has for it.</param>
/// <param name="Code">The city's own, more exact; its texts are in <c>Resources/Problems.resx</c>.</param>
/// <param name="Status">HTTP status.</param>
internal sealed record TokenError(string Error, string Code, int Status = StatusCodes.Status400BadRequest) : IResult, IEndpointMetadataProvider
{
    private static readonly ResourceManager Texts = new("SmartCity.Identity.Resources.Problems", typeof(TokenError).Assembly);

    public static TokenError Request { get; } = new("invalid_request", "token_request_invalid");

    public static TokenError Client { get; } = new("invalid_client", "client_refused", StatusCodes.Status401Unauthorized);

    public static TokenError Grant(string code) => new("invalid_grant", code);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        if (Status == StatusCodes.Status401Unauthorized) httpContext.Response.Headers.WWWAuthenticate = "Basic realm=\"identity\"";
        if (Status == StatusCodes.Status429TooManyRequests) httpContext.Response.Headers.RetryAfter = "1";

        // RFC 6749 lets error_description hold ASCII only; message is for people.
        var body = new Body(Error, Text(CultureInfo.InvariantCulture), Code, Text(CultureInfo.CurrentUICulture));
        return httpContext.Response.WriteAsJsonAsync(body, httpContext.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(Body), ["application/json"]));

    private string Text(CultureInfo culture) => Texts.GetString($"{Code}.detail", culture) ?? Code;

    internal sealed record Body(
        [property: JsonPropertyName("error")] string Error,
        [property: JsonPropertyName("error_description")] string ErrorDescription,
        [property: JsonPropertyName("code")] string Code,
        [property: JsonPropertyName("message")] string Message);
}

using System.Globalization;
using System.Text.Json.Serialization;

namespace SmartCity.Portal.Calls;

/// <summary>Tokens, as the identity service gives them (RFC 6749 §5.1).</summary>
internal sealed record Tokens(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null);

/// <summary>The calls that end in somebody being signed in or out. They carry the address of the person: many codes to one address are refused there, not to the portal.</summary>
internal sealed class SignInCalls(HttpClient http, IHttpContextAccessor accessor)
{
    public const string ClientId = "portal";

    public Task<Answer<SentCode>> SendCodeAsync(string phone, CancellationToken cancellationToken) =>
        PostAsync<SentCode>("/identity/v1/phone-codes", JsonContent.Create(new { phone }), cancellationToken);

    public Task<Answer<Tokens>> ByPhoneAsync(string phone, string code, CancellationToken cancellationToken) =>
        TokenAsync(new() { ["grant_type"] = "urn:smartcity:grant:phone-code", ["phone"] = phone, ["code"] = code }, cancellationToken);

    public Task<Answer<Tokens>> AsStaffAsync(string userName, string password, string totp, CancellationToken cancellationToken) =>
        TokenAsync(new() { ["grant_type"] = "urn:smartcity:grant:staff", ["username"] = userName, ["password"] = password, ["totp"] = totp }, cancellationToken);

    public Task<Answer<Tokens>> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        TokenAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, cancellationToken);

    public Task<Answer<Nothing>> EndAsync(string refreshToken, CancellationToken cancellationToken) =>
        PostAsync<Nothing>("/identity/connect/revocation", new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = refreshToken }), cancellationToken);

    private Task<Answer<Tokens>> TokenAsync(Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        form["client_id"] = ClientId;
        return PostAsync<Tokens>("/identity/connect/token", new FormUrlEncodedContent(form), cancellationToken);
    }

    private async Task<Answer<T>> PostAsync<T>(string path, HttpContent body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://identity{path}")) { Content = body };
        request.Headers.AcceptLanguage.ParseAdd(CultureInfo.CurrentUICulture.Name);
        if (accessor.HttpContext?.Connection.RemoteIpAddress is { } address) request.Headers.Add("X-Forwarded-For", address.ToString());
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode) return new Answer<T>(await Problem.ReadAsync(answer, cancellationToken));
            return new Answer<T>(typeof(T) == typeof(Nothing) ? (T)(object)new Nothing() : await answer.Content.ReadFromJsonAsync<T>(City.Json, cancellationToken), null);
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Answer<T>(new Problem(StatusCodes.Status503ServiceUnavailable, "service_away", null));
        }
    }
}

/// <param name="Code">Only in demonstrations and tests.</param>
internal sealed record SentCode(int ExpiresIn, string? Code = null);

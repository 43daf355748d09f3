using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using SmartCity.Portal.Session;

namespace SmartCity.Portal.Calls;

/// <summary>
/// The services of the city, asked with the token and in the language of whoever is signed in. A path begins with its service: <c>/health-code/v1/me/code</c>.
/// Refusals are answers; so is a service that is away.
/// </summary>
internal sealed class City(HttpClient http, SignedIn person)
{
    private string? otherToken;

    /// <summary>As the services write it; what is new to the portal does not break a page.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public Task<Answer<T>> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Get, path, null, null, cancellationToken);

    /// <param name="path">Where.</param>
    /// <param name="body">Sent as JSON, unless it is an <see cref="HttpContent"/>.</param>
    /// <param name="key">The key of the form, so that a form that is sent twice acts once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Answer<T>> PostAsync<T>(string path, object? body, string? key, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Post, path, body, key, cancellationToken);

    /// <summary>Books with the ticket that a waiting room gave to who is admitted.</summary>
    public Task<Answer<T>> PostAsync<T>(string path, string? key, string? ticket, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Post, path, null, key, ticket, cancellationToken);

    public Task<Answer<T>> PutAsync<T>(string path, object? body, string? key, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Put, path, body, key, cancellationToken);

    public Task<Answer<T>> DeleteAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Delete, path, null, null, cancellationToken);

    /// <summary>The same services for somebody who consented: the caller's token is exchanged for one that names both (RFC 8693).</summary>
    public async Task<Answer<City>> ForAsync(Guid consent, CancellationToken cancellationToken)
    {
        var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["client_id"] = SignInCalls.ClientId,
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
            ["subject_token"] = consent.ToString(),
            ["subject_token_type"] = "urn:smartcity:token-type:consent",
        });
        var answer = await PostAsync<Tokens>("/identity/connect/token", form, null, cancellationToken);
        return answer.Value is { } tokens ? new Answer<City>(new City(http, person) { otherToken = tokens.AccessToken }, null) : new Answer<City>(answer.Problem!);
    }

    /// <summary>Hands on a file that a service keeps, as it comes.</summary>
    public async Task CopyAsync(string path, HttpResponse response, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync(HttpMethod.Get, path);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.StatusCode = (int)answer.StatusCode;
        if (!answer.IsSuccessStatusCode) return;
        response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(response.Body, cancellationToken);
    }

    private async Task<HttpRequestMessage> RequestAsync(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri($"http://{path.Split('/')[1]}{path}"));
        request.Headers.AcceptLanguage.ParseAdd(CultureInfo.CurrentUICulture.Name);
        if ((otherToken ?? await person.AccessTokenAsync()) is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    public Task<Answer<T>> SendAsync<T>(HttpMethod method, string path, object? body, string? key, CancellationToken cancellationToken) => SendAsync<T>(method, path, body, key, null, cancellationToken);

    private async Task<Answer<T>> SendAsync<T>(HttpMethod method, string path, object? body, string? key, string? ticket, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync(method, path);
        if (ticket is not null) request.Headers.TryAddWithoutValidation("Queue-Ticket", ticket);
        // A form that brings no key is sent once: the key is new.
        if (method != HttpMethod.Get) request.Headers.Add("Idempotency-Key", Guid.TryParse(key, out var known) ? known.ToString() : Guid.CreateVersion7().ToString());
        request.Content = body switch { null => null, HttpContent content => content, _ => JsonContent.Create(body, body.GetType(), options: Json) };
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode) return new Answer<T>(await Problem.ReadAsync(answer, cancellationToken));
            return new Answer<T>(await ReadAsync<T>(answer.Content, cancellationToken), null);
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Answer<T>(new Problem(StatusCodes.Status503ServiceUnavailable, "service_away", null));
        }
    }

    private static async Task<T?> ReadAsync<T>(HttpContent content, CancellationToken cancellationToken)
    {
        if (typeof(T) == typeof(Nothing)) return (T)(object)new Nothing();
        if (typeof(T) == typeof(string)) return (T)(object)await content.ReadAsStringAsync(cancellationToken);
        return await content.ReadFromJsonAsync<T>(Json, cancellationToken);
    }
}

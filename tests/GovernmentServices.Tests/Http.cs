using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Tests;

internal static class Http
{
    public static readonly JsonSerializerOptions Json = Options();

    /// <summary>Posts as a client does: with a new key, or with the one of an earlier try.</summary>
    public static async Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, object? body, Guid? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, GovernmentCity.Path + path);
        request.Headers.Add(IdempotencyKey.Header, (key ?? Guid.NewGuid()).ToString());
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: Json);
        return await client.SendAsync(request);
    }

    public static async Task<T> PostedAsync<T>(this HttpClient client, string path, object? body, Guid? key = null)
    {
        using var response = await client.PostJsonAsync(path, body, key);
        return await response.OfAsync<T>();
    }

    public static async Task<T> ReadAsync<T>(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(GovernmentCity.Path + path);
        return await response.OfAsync<T>();
    }

    public static async Task<T> OfAsync<T>(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{response.StatusCode}: {body}");
        return JsonSerializer.Deserialize<T>(body, Json)!;
    }

    public static HttpClient WithLanguage(this HttpClient client, string language)
    {
        client.DefaultRequestHeaders.Add("Accept-Language", language);
        return client;
    }

    /// <summary>A problem with the code, and a text for it.</summary>
    public static async Task ShouldBeProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        using var problem = JsonDocument.Parse(body);
        problem.RootElement.GetProperty("code").GetString().ShouldBe(code);
        problem.RootElement.GetProperty("title").GetString().ShouldNotBe(code);
        response.Dispose();
    }

    private static JsonSerializerOptions Options()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ServiceDefaultsExtensions.Configure(json);
        return json;
    }
}

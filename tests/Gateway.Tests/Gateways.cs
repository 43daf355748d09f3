using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

/// <summary>Gateways in front of replicas of the health code service.</summary>
internal static class Gateways
{
    public static CityApp<Program> Before(Backend[] replicas, params (string, string?)[] settings) =>
        new("gateway", clock: null, [.. settings, .. replicas.Select((replica, index) => ($"services:health-code:http:{index}", (string?)replica.Url))]);

    /// <summary>The code of a problem.</summary>
    public static async Task<string?> CodeAsync(this HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    public static string Header(this HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : "";
}

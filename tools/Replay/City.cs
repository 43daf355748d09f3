using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmartCity.Replay;

/// <summary>The city gave an answer that the replay cannot go on with.</summary>
internal sealed class CityException(string message) : Exception(message);

/// <summary>The city as its callers see it: the gateway's public addresses, and nothing behind them.</summary>
internal sealed class City(Uri gateway) : IDisposable
{
    private const int MostTries = 40;
    private const string ClientId = "replay";

    /// <summary>Public secrets of the demo accounts, as the README of the identity service lists them.</summary>
    public const string DemoPassword = "smart-city-demo";
    private const string DemoTotpSecret = "SMARTCITYDEMO234SMARTCITYDEMO234";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TotpStep = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 32 }) { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(40) };

    /// <summary>A citizen signs in with the code that was sent to the phone.</summary>
    public async Task<Account> SignInAsync(string phone, CancellationToken cancellationToken)
    {
        var sent = await SendAsync(HttpMethod.Post, "/identity/v1/phone-codes", new { phone }, account: null, cancellationToken);
        var code = sent?["code"]?.GetValue<string>()
            ?? throw new CityException("The city does not show phone codes in its answers: start it with --demo.");
        return await TokenAsync(new() { ["grant_type"] = "urn:smartcity:grant:phone-code", ["phone"] = phone, ["code"] = code }, cancellationToken);
    }

    /// <summary>A demo account of the staff signs in.</summary>
    public async Task<Account> SignInStaffAsync(string userName, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await TokenAsync(
                    new() { ["grant_type"] = "urn:smartcity:grant:staff", ["username"] = userName, ["password"] = DemoPassword, ["totp"] = Totp() }, cancellationToken);
            }
            catch (CityException) when (attempt < 2)
            {
                // A code works once; somebody signed in with this one a moment ago.
                await Task.Delay(TotpStep, TimeProvider.System, cancellationToken);
            }
        }
    }

    public Task<JsonNode?> GetAsync(string path, Account? account, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, body: null, account, cancellationToken);

    public Task<JsonNode?> PostAsync(string path, object? body, Account account, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, account, cancellationToken);

    public Task<JsonNode?> PutAsync(string path, object body, Account account, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, path, body, account, cancellationToken);

    public Task<JsonNode?> DeleteAsync(string path, Account account, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, path, body: null, account, cancellationToken);

    /// <summary>Reads a list to its end, page by page.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string path, Account account, CancellationToken cancellationToken)
    {
        var items = new List<JsonNode>();
        string? after = null;
        do
        {
            var page = await GetAsync($"{path}?limit=100{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}", account, cancellationToken);
            items.AddRange(page!["items"]!.AsArray().OfType<JsonNode>());
            after = page["next"]?.GetValue<string>();
        }
        while (after is not null);

        return items;
    }

    public void Dispose() => http.Dispose();

    /// <summary>One request, tried again where that is safe: everything that the replay writes carries a key or a natural key.</summary>
    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, object? body, Account? account, CancellationToken cancellationToken)
    {
        var key = Guid.CreateVersion7().ToString();
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("Idempotency-Key", key);
            if (account is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.AccessToken);
            if (body is not null) request.Content = JsonContent.Create(body);

            HttpResponseMessage? answer = null;
            try
            {
                answer = await http.SendAsync(request, cancellationToken);
                if (answer.IsSuccessStatusCode) return answer.Content.Headers.ContentLength == 0 ? null : await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
                if (answer.StatusCode == HttpStatusCode.Unauthorized && account is not null && attempt < MostTries) await RefreshAsync(account, cancellationToken);
                else if (attempt >= MostTries || !MayTryAgain(answer)) throw new CityException($"{method} {path} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
            }
            catch (HttpRequestException) when (attempt < MostTries)
            {
                // The gateway is away for a moment: the same key makes the next try safe.
            }

            if (answer?.StatusCode != HttpStatusCode.Unauthorized) await Task.Delay(answer?.Headers.RetryAfter?.Delta ?? Patience, TimeProvider.System, cancellationToken);
            answer?.Dispose();
        }
    }

    private static bool MayTryAgain(HttpResponseMessage answer) =>
        answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private async Task<Account> TokenAsync(Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        form["client_id"] = ClientId;
        for (var attempt = 1; ; attempt++)
        {
            using var content = new FormUrlEncodedContent(form);
            using var answer = await http.PostAsync("/identity/connect/token", content, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                var token = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                return new Account(token.GetProperty("access_token").GetString()!, token.GetProperty("refresh_token").GetString()!);
            }

            if (attempt >= MostTries || !MayTryAgain(answer)) throw new CityException($"No token: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
            await Task.Delay(answer.Headers.RetryAfter?.Delta ?? Patience, TimeProvider.System, cancellationToken);
        }
    }

    private async Task RefreshAsync(Account account, CancellationToken cancellationToken)
    {
        var renewed = await TokenAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = account.RefreshToken }, cancellationToken);
        (account.AccessToken, account.RefreshToken) = (renewed.AccessToken, renewed.RefreshToken);
    }

    /// <summary>The six digits of now (RFC 6238, SHA-1, 30 s), as an authenticator app shows them.</summary>
    /// <param name="stepsAhead">Those of a step beside it, which the city accepts too: a code works only once.</param>
    public static string Totp(int stepsAhead = 0)
    {
        Span<byte> counter = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(counter, (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / (long)TotpStep.TotalSeconds) + stepsAhead);
#pragma warning disable CA5350 // RFC 6238 asks for SHA-1, and its weakness does not touch HMAC.
        var hash = HMACSHA1.HashData(Base32(DemoTotpSecret), counter);
#pragma warning restore CA5350
        var offset = hash[^1] & 0xF;
        var number = (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(offset)) & int.MaxValue) % 1_000_000;
        return number.ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] Base32(string text)
    {
        var bits = string.Concat(text.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(octet => octet.Length == 8).Select(octet => Convert.ToByte(new string(octet), 2))];
    }
}

/// <summary>Somebody who is signed in. One thing at a time is done with it, so that a refresh token is never used twice.</summary>
internal sealed class Account(string accessToken, string refreshToken)
{
    public string AccessToken { get; set; } = accessToken;

    public string RefreshToken { get; set; } = refreshToken;
}

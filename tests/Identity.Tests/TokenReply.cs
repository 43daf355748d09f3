using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Identity.Tests;

/// <summary>What the token endpoint answered.</summary>
internal sealed record TokenReply(HttpStatusCode Status, HttpResponseMessage Message, JsonElement Body)
{
    public string? Error => Text("error");

    public string? Code => Text("code");

    public JsonElement Header => Part(0);

    public JsonElement Claims => Part(1);

    public static async Task<TokenReply> ReadAsync(HttpResponseMessage message) =>
        new(message.StatusCode, message, await message.Content.ReadFromJsonAsync<JsonElement>());

    public string? Text(string member) => Body.TryGetProperty(member, out var value) ? value.GetString() : null;

    public string[] Claim(string name) =>
        Claims.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : [value.GetString()!] : [];

    public void ShouldBeRefused(string error, string code)
    {
        Status.ShouldBe(error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest);
        (Error, Code).ShouldBe((error, code));
        Text("error_description").ShouldNotBeNullOrEmpty();
    }

    /// <summary>Checks the signature as any other service would, with nothing but the published keys.</summary>
    public bool IsSignedByOneOf(JsonElement keySet)
    {
        var parts = Text("access_token")!.Split('.');
        var kid = Header.GetProperty("kid").GetString();
        var key = keySet.GetProperty("keys").EnumerateArray().SingleOrDefault(key => key.GetProperty("kid").GetString() == kid);
        if (key.ValueKind == JsonValueKind.Undefined) return false;
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(key.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(key.GetProperty("y").GetString()) },
        });
        return ecdsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256);
    }

    private JsonElement Part(int index) => JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(Text("access_token")!.Split('.')[index]));
}

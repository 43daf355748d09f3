using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using SmartCity.ServiceDefaults;

namespace SmartCity.Testing;

/// <summary>Access tokens of the tests' own issuer, with any content, right or wrong.</summary>
public static class TestTokens
{
    private const string Issuer = "https://tests.invalid/identity";
    private const string KeyId = "tests";

    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>A person's token.</summary>
    public static string Person(Guid account, string audience, params string[] roles) => Person(account, audience, department: null, actor: null, roles);

    /// <summary>A person's token with a department, or with somebody who acts for them.</summary>
    public static string Person(Guid account, string audience, string? department, Guid? actor, params string[] roles)
    {
        var claims = Claims(account.ToString(), audience, CityClaims.PeopleScope);
        claims[CityClaims.Role] = new JsonArray([.. roles.Select(role => (JsonNode)role)]);
        if (department is not null) claims[CityClaims.Department] = department;
        if (actor is not null) claims[CityClaims.Actor] = new JsonObject { [CityClaims.Subject] = actor.ToString() };
        return Sign(claims);
    }

    /// <summary>A service's own token.</summary>
    public static string Service(string client, string audience, string scope)
    {
        var claims = Claims(client, audience, scope);
        claims[CityClaims.ClientId] = client;
        return Sign(claims);
    }

    /// <summary>Signs any claims: for tokens that are wrong in some way.</summary>
    public static string Sign(JsonObject claims, ECDsa? key = null)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = KeyId };
        var content = $"{Encode(header)}.{Encode(claims)}";
        return $"{content}.{Base64Url.EncodeToString((key ?? Key).SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
    }

    /// <summary>The claims of a good token, to change before <see cref="Sign"/>.</summary>
    public static JsonObject Claims(string subject, string audience, string scope)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = Issuer, [CityClaims.Subject] = subject, ["aud"] = audience, [CityClaims.Scope] = scope,
            ["iat"] = now, ["exp"] = now + 600, ["jti"] = Guid.CreateVersion7().ToString(),
        };
    }

    /// <summary>What an OpenID provider publishes about these tokens, for a service that runs in a process of its own.</summary>
    /// <param name="keysAddress">Where <see cref="Keys"/> are served.</param>
    public static object Discovery(string keysAddress) => new { issuer = Issuer, jwks_uri = keysAddress };

    /// <summary>The key set (RFC 7517).</summary>
    public static object Keys()
    {
        var point = Key.ExportParameters(includePrivateParameters: false).Q;
        return new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", kid = KeyId, use = "sig", alg = "ES256", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) } },
        };
    }

    /// <summary>Makes an application under test trust these tokens, and only these.</summary>
    public static void Trust(IServiceCollection services) => services.Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
    {
        options.Authority = null;
        options.MetadataAddress = null!;
        options.TokenValidationParameters.ValidIssuer = Issuer;
        options.TokenValidationParameters.IssuerSigningKey = new ECDsaSecurityKey(Key) { KeyId = KeyId };
    });

    /// <summary>What a provider of these tokens answers, for services in processes of their own.</summary>
    /// <param name="address">Where it is found.</param>
    public static (JsonObject Configuration, JsonObject Keys) Provider(string address)
    {
        var point = Key.ExportParameters(includePrivateParameters: false).Q;
        return (
            new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = $"{address}/keys" },
            new JsonObject
            {
                ["keys"] = new JsonArray(new JsonObject
                {
                    ["kty"] = "EC", ["crv"] = "P-256", ["alg"] = "ES256", ["use"] = "sig", ["kid"] = KeyId,
                    ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y),
                }),
            });
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}

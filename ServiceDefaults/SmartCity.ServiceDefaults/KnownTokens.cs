using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Net.Http.Headers;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// A token that was good a moment ago is good: its signature is checked once a minute and not with every request, which would cost more than most requests
/// do themselves. The gateway and each service do so by themselves. When a key is withdrawn, what it signed is good for that minute more.
/// </summary>
internal static class KnownTokens
{
    private const int Most = 50_000;
    private const string Prefix = "Bearer ";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static JwtBearerEvents Remember()
    {
        var known = new MemoryCache(new MemoryCacheOptions { SizeLimit = Most });
        return new JwtBearerEvents
        {
            OnMessageReceived = received =>
            {
                if (Key(received.HttpContext) is not { } key || !known.TryGetValue(key, out ClaimsPrincipal? caller)) return Task.CompletedTask;
                received.Principal = caller;
                received.Success();
                return Task.CompletedTask;
            },
            OnTokenValidated = validated =>
            {
                if (Key(validated.HttpContext) is not { } key || validated.Properties.ExpiresUtc is not { } expires || validated.Principal is not { } caller) return Task.CompletedTask;
                var left = expires - TimeProvider.System.GetUtcNow();
                if (left <= TimeSpan.Zero) return Task.CompletedTask;
                known.Set(key, caller, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = left < Longest ? left : Longest });
                return Task.CompletedTask;
            },
        };
    }

    /// <summary>Tokens themselves are kept nowhere.</summary>
    private static UInt128? Key(HttpContext context)
    {
        var header = context.Request.Headers[HeaderNames.Authorization];
        if (header is not [{ } text] || !text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan(Prefix.Length).Trim()), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}

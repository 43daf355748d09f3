using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// Keeps what identifies a person unreadable at rest: AES-256-GCM (NIST SP 800-38D) with a fresh nonce per value, bound to the row it belongs to;
/// and finds it again by a keyed hash (HMAC-SHA-256), so that equal values can be looked up but not guessed from a stolen table.
/// </summary>
public sealed class PersonalData
{
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int ShortestSecret = 32;

    private readonly byte[] sealingKey;
    private readonly byte[] lookupKey;

    /// <param name="secret">At least 32 characters of high entropy, from <c>PersonalData:Key</c>; two independent keys are derived from it (HKDF, RFC 5869).</param>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public PersonalData(string secret)
    {
        if (secret.Length < ShortestSecret) throw new ArgumentException($"PersonalData:Key must have at least {ShortestSecret} characters.", nameof(secret));
        sealingKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "seal"u8.ToArray());
        lookupKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "lookup"u8.ToArray());
    }

    /// <summary>Encrypts a value.</summary>
    /// <param name="plain">What to keep, of any length.</param>
    /// <param name="owner">The row it belongs to: a sealed value that is copied to another row does not open.</param>
    public byte[] Seal(string plain, Guid owner)
    {
        var text = Encoding.UTF8.GetBytes(plain);
        var sealedValue = new byte[1 + NonceBytes + TagBytes + text.Length];
        sealedValue[0] = Version;
        var nonce = sealedValue.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(sealingKey, TagBytes);
        aes.Encrypt(nonce, text, sealedValue.AsSpan(1 + NonceBytes + TagBytes), sealedValue.AsSpan(1 + NonceBytes, TagBytes), owner.ToByteArray(bigEndian: true));
        return sealedValue;
    }

    /// <summary>Decrypts a value.</summary>
    /// <param name="sealedValue">What <see cref="Seal"/> gave.</param>
    /// <param name="owner">The row it belongs to.</param>
    /// <exception cref="CryptographicException">The value was changed, belongs to another row, or was sealed with another key.</exception>
    public string Open(byte[] sealedValue, Guid owner)
    {
        if (sealedValue.Length < 1 + NonceBytes + TagBytes || sealedValue[0] != Version) throw new CryptographicException("Not a sealed value of a known version.");
        var text = new byte[sealedValue.Length - 1 - NonceBytes - TagBytes];
        using var aes = new AesGcm(sealingKey, TagBytes);
        aes.Decrypt(sealedValue.AsSpan(1, NonceBytes), sealedValue.AsSpan(1 + NonceBytes + TagBytes), sealedValue.AsSpan(1 + NonceBytes, TagBytes), text, owner.ToByteArray(bigEndian: true));
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>The keyed hash to find a value by, 32 bytes. Normalise the value first: equal people must give equal text.</summary>
    public byte[] Lookup(string plain) => HMACSHA256.HashData(lookupKey, Encoding.UTF8.GetBytes(plain));
}

/// <summary>Adds <see cref="PersonalData"/> to a service that keeps such data.</summary>
public static class PersonalDataExtensions
{
    /// <summary>Adds the key from <c>PersonalData:Key</c>; a service without it does not start.</summary>
    public static WebApplicationBuilder AddPersonalData(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new PersonalData(
            builder.Configuration["PersonalData:Key"] ?? throw new InvalidOperationException("PersonalData:Key is not configured.")));
        return builder;
    }
}

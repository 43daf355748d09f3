using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace SmartCity.Portal.Session;

/// <summary>
/// The one key of Data Protection, derived from the secret that all replicas share (<c>Portal:SessionKey</c>), so that each opens what another sealed and none keeps state.
/// A new secret signs everybody out.
/// </summary>
internal sealed class SharedKey : IKeyManager, IKey
{
    private const int ShortestSecret = 32;
    private const int KeyBytes = 64;

    private readonly AuthenticatedEncryptorFactory factory;

    public SharedKey(string? secret, ILoggerFactory logs)
    {
        if (secret is null || secret.Length < ShortestSecret) throw new InvalidOperationException($"Portal:SessionKey must have at least {ShortestSecret} characters.");
        var seed = Encoding.UTF8.GetBytes(secret);
        KeyId = new Guid(HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, 16, info: "portal key id"u8.ToArray()));
        Descriptor = new AuthenticatedEncryptorDescriptor(
            new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM },
            new Secret(HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, KeyBytes, info: "portal master key"u8.ToArray())));
        factory = new AuthenticatedEncryptorFactory(logs);
    }

    public Guid KeyId { get; }

    public IAuthenticatedEncryptorDescriptor Descriptor { get; }

    public DateTimeOffset CreationDate => DateTimeOffset.UnixEpoch;

    public DateTimeOffset ActivationDate => DateTimeOffset.UnixEpoch;

    public DateTimeOffset ExpirationDate => DateTimeOffset.MaxValue;

    public bool IsRevoked => false;

    public IAuthenticatedEncryptor? CreateEncryptor() => factory.CreateEncryptorInstance(this);

    public IReadOnlyCollection<IKey> GetAllKeys() => [this];

    public CancellationToken GetCacheExpirationToken() => CancellationToken.None;

    public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate) => this;

    public void RevokeKey(Guid keyId, string? reason = null) => throw new NotSupportedException("Change Portal:SessionKey.");

    public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null) => throw new NotSupportedException("Change Portal:SessionKey.");
}

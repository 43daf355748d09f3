using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Data;

/// <summary>A key that signs codes; the private half is sealed.</summary>
internal sealed class SigningKey
{
    public Guid Id { get; init; }

    /// <summary>The id under which verifiers find the public half, Base64.</summary>
    public required string KeyId { get; init; }

    /// <summary>SubjectPublicKeyInfo in DER.</summary>
    public required byte[] PublicKey { get; init; }

    public required byte[] SealedPrivateKey { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Signs and verifies the codes that people show. The keys are in the database, the same for all replicas; the first to start makes one.</summary>
internal sealed class CredentialKeys(IServiceScopeFactory scopes, PersonalData personalData, TimeProvider clock) : IHostedService
{
    /// <summary>A shown code refreshes itself; one on a photograph is soon worthless.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const long LockNumber = 0x6865_616C_7468;

    private readonly SubjectCipher subjects = new(personalData.Lookup("credential-subject"));
    private KeyRing ring = new([]);
    private KeyId signerId;
    private ThreadLocal<ECDsa>? signer;

    /// <summary>The public keys, newest first.</summary>
    public IReadOnlyList<VerificationKey> Published { get; private set; } = [];

    public (string Text, CityCodePayload Payload) Sign(CitizenCode code, DateTimeOffset now)
    {
        var codeId = Guid.NewGuid();
        var payload = new CityCodePayload(subjects.Hide(code.CitizenId, codeId), (byte)code.Color, now, now + Lifetime, codeId)
        {
            ColourUntil = code.ValidUntil < now + Lifetime ? code.ValidUntil : null,
        };
        return (CityCode.Sign(payload, signer!.Value!, signerId), payload);
    }

    /// <summary>Signs a statement about a person as a compact JWS (RFC 7515, ES256). Adds who says it, about whom, and when; only the city can tell whom it names.</summary>
    public string SignStatement(CitizenId about, JsonObject claims, DateTimeOffset now)
    {
        var id = Guid.NewGuid();
        (claims["iss"], claims["sub"], claims["jti"], claims["iat"]) = ("health-code", subjects.Hide(about, id), id.ToString(), now.ToUnixTimeSeconds());
        return SignJson(claims);
    }

    /// <summary>Signs any claims as a compact JWS (RFC 7515, ES256).</summary>
    public string SignJson(JsonObject claims)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["kid"] = signerId.Base64 };
        var content = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{content}.{Base64Url.EncodeToString(signer!.Value!.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
    }

    /// <summary>Verifies a shown code; the person only where it is accepted.</summary>
    public (CityCodeResult Result, CitizenId? Citizen) Verify(string text, DateTimeOffset now)
    {
        var result = CityCode.Verify(text, ring, now);
        return (result, result is { IsValid: true, Payload: { } payload } ? subjects.Reveal(payload.Subject, payload.CodeId) : null);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var keys = await LoadOrMakeAsync(scope.ServiceProvider.GetRequiredService<HealthCodeDb>(), cancellationToken);
        Published = [.. keys.Select(key => new VerificationKey(new KeyId(key.KeyId), key.PublicKey))];
        ring = new KeyRing(Published);
        signerId = Published[0].Id;
        var privateKey = Convert.FromBase64String(personalData.Open(keys[0].SealedPrivateKey, keys[0].Id));
        // The platform does not promise that one key object serves two threads at once.
        signer = new ThreadLocal<ECDsa>(() =>
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(privateKey, out _);
            return ecdsa;
        });
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<IReadOnlyList<SigningKey>> LoadOrMakeAsync(HealthCodeDb db, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);
        var keys = await db.SigningKeys.OrderByDescending(key => key.CreatedAt).ToListAsync(cancellationToken);
        if (keys.Count == 0)
        {
            keys.Add(Make());
            db.Add(keys[0]);
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return keys;
    }

    private SigningKey Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (id, publicKey) = (Guid.CreateVersion7(), key.ExportSubjectPublicKeyInfo());
        return new SigningKey
        {
            Id = id,
            KeyId = KeyId.Of(publicKey).Base64,
            PublicKey = publicKey,
            SealedPrivateKey = personalData.Seal(Convert.ToBase64String(key.ExportPkcs8PrivateKey()), id),
            CreatedAt = clock.GetUtcNow(),
        };
    }
}

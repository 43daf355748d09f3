using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Cap;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Data;

/// <summary>A key that signs warnings; the private half is sealed.</summary>
internal sealed class WarningKey
{
    public Guid Id { get; init; }

    /// <summary>The name under which verifiers find the public half.</summary>
    public required string Name { get; init; }

    /// <summary>SubjectPublicKeyInfo in DER.</summary>
    public required byte[] PublicKey { get; init; }

    public required byte[] SealedPrivateKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Signs warnings. The keys are in the database, the same for all replicas; the first to start makes one.</summary>
internal sealed class WarningSeal(IServiceScopeFactory scopes, PersonalData personalData, TimeProvider clock) : IHostedService, IDisposable
{
    private const int KeyBits = 3072;
    private const long LockNumber = 0x7761_726E_696E;

    private readonly Lock oneAtATime = new();
    private readonly RSA signer = RSA.Create();

    /// <summary>The public keys, the newest first: that one signs.</summary>
    public IReadOnlyList<WarningKey> Published { get; private set; } = [];

    /// <summary>The alert with its signature.</summary>
    /// <exception cref="InvalidOperationException">The alert is not sound CAP: nothing of the kind may leave the city.</exception>
    public string Sign(XElement alert)
    {
        if (CapReader.Check(alert) is [var fault, ..]) throw new InvalidOperationException($"An alert of ours is not CAP: {fault}");
        // The platform does not promise that one key object serves two threads at once; warnings are few.
        lock (oneAtATime) return CapSignature.Sign(alert.ToString(SaveOptions.DisableFormatting), signer);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EarlyWarningDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);
        var keys = await db.WarningKeys.OrderByDescending(key => key.CreatedAt).ToListAsync(cancellationToken);
        if (keys.Count == 0)
        {
            keys.Add(Make());
            db.Add(keys[0]);
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        signer.ImportPkcs8PrivateKey(Convert.FromBase64String(personalData.Open(keys[0].SealedPrivateKey, keys[0].Id)), out _);
        Published = keys;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => signer.Dispose();

    private WarningKey Make()
    {
        using var key = RSA.Create(KeyBits);
        var (id, publicKey) = (Guid.CreateVersion7(), key.ExportSubjectPublicKeyInfo());
        return new WarningKey
        {
            Id = id,
            Name = CapSignature.KeyName(publicKey),
            PublicKey = publicKey,
            SealedPrivateKey = personalData.Seal(Convert.ToBase64String(key.ExportPkcs8PrivateKey()), id),
            CreatedAt = clock.GetUtcNow(),
        };
    }
}

using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Data;

/// <summary>
/// Signs and verifies the codes that people show. The keys are in the database, the same for all replicas, each of which reads them again and
/// again: a new key is made ahead of its time, so that all of them and the gates know it when it begins to sign, without a restart.
/// </summary>
internal sealed partial class CredentialKeys(
    IServiceScopeFactory scopes, PersonalData personalData, IOptions<CredentialSettings> settings, TimeProvider clock, ILogger<CredentialKeys> logger)
    : BackgroundService
{
    private const long LockNumber = 0x6865_616C_7468;

    private readonly SubjectCipher subjects = new(personalData.Lookup("credential-subject"));
    private readonly KeyPlan plan = new(settings.Value.KeyLifetime, settings.Value.PublishAhead, settings.Value.PrintedLifetime);
    private volatile Snapshot current = new([], new([]), []);

    /// <summary>The public keys of codes, newest first.</summary>
    public IReadOnlyList<VerificationKey> Published => current.Published;

    public KeyRing Ring => current.Ring;

    /// <summary>The public half of the key that signs trust lists.</summary>
    public VerificationKey Root => ToVerificationKey(RootKey(current), []);

    /// <summary>When the key that signs was to be replaced; in the past: its successor is late.</summary>
    public DateTimeOffset SignerDue => KeyPlan.Signer(CodeKeys(current), clock.GetUtcNow())!.SignsFrom + settings.Value.KeyLifetime;

    /// <summary>A code for a phone.</summary>
    /// <param name="citizen">Whose.</param>
    /// <param name="color">What it says.</param>
    /// <param name="colorUntil">Until when the colour stands if nothing new becomes known.</param>
    /// <param name="now">When it is issued.</param>
    /// <param name="asOf">When the colour was read, where the records cannot be reached now.</param>
    public (string Text, CityCodePayload Payload) Sign(CitizenId citizen, CodeColor color, DateTimeOffset colorUntil, DateTimeOffset now, DateTimeOffset? asOf = null)
    {
        var (codeId, until) = (Guid.NewGuid(), now + settings.Value.Lifetime);
        var payload = new CityCodePayload(subjects.Hide(citizen, codeId), (byte)color, now, until, codeId)
        {
            ColourUntil = colorUntil < until ? colorUntil : null,
            AsOf = asOf,
        };
        return (Sign(payload, now), payload);
    }

    /// <summary>A code for paper. Signed anew, it is the same code.</summary>
    public string Sign(PrintedCode code, CitizenId citizen, DateTimeOffset now) => Sign(
        new CityCodePayload(subjects.Hide(citizen, code.CodeId), (byte)code.Color, code.IssuedAt, code.ValidUntil, code.CodeId) { Printed = true, ColourUntil = code.ColorUntil },
        now);

    /// <summary>Verifies a shown code; the person only where it is accepted.</summary>
    public (CityCodeResult Result, CitizenId? Citizen) Verify(string text, DateTimeOffset now)
    {
        var result = CityCode.Verify(text, current.Ring, now);
        return (result, result is { IsValid: true, Payload: { } payload } ? subjects.Reveal(payload.Subject, payload.CodeId) : null);
    }

    public byte[] Sign(TrustList list) => RootKey(current) is var key ? Use(current, key, (signer, id) => list.Sign(signer, id)) : [];

    public byte[] Sign(RevocationList list, DateTimeOffset now) => Use(current, KeyPlan.Signer(CodeKeys(current), now)!, (signer, id) => list.Sign(signer, id));

    /// <summary>Reads the keys again, and makes the next where it is time.</summary>
    /// <param name="withdraw">A key that somebody else may have: it is withdrawn, and a new one signs at once.</param>
    /// <param name="ahead">Makes the next key now, whenever the present one was to end.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The newest key of codes; null where the one to withdraw is not known.</returns>
    public async Task<SigningKey?> RefreshAsync(string? withdraw, bool ahead, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
        var keys = await db.SigningKeys.ToListAsync(cancellationToken);
        if (withdraw is not null || ahead || IsDue(keys, now)) keys = await ChangeAsync(db, withdraw, ahead, now, cancellationToken);

        var codes = keys.FindAll(key => key.Purpose == KeyPurpose.Code && key.WithdrawnAt is null).OrderByDescending(key => key.SignsFrom).ToList();
        VerificationKey[] published = [.. codes.Select(key => ToVerificationKey(key, codes))];
        var known = current.Opened;
        Opened[] opened = [.. keys.Where(key => key.WithdrawnAt is null).Select(key => known.FirstOrDefault(one => one.Key.Id == key.Id) is { } one ? one with { Key = key } : Open(key))];
        current = new Snapshot(opened, new KeyRing(published), published);
        return withdraw is not null && keys.TrueForAll(key => key.KeyId != withdraw || key.Purpose != KeyPurpose.Code) ? null : codes[0];
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(withdraw: null, ahead: false, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Value.CheckEvery);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await RefreshAsync(withdraw: null, ahead: false, stoppingToken);
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                KeysNotRead(fault);
            }
        }
    }

    private bool IsDue(IReadOnlyCollection<SigningKey> keys, DateTimeOffset now)
    {
        var codes = keys.Where(key => key.Purpose == KeyPurpose.Code).ToArray();
        return keys.All(key => key.Purpose != KeyPurpose.TrustList) || plan.NextBegins(codes, now) is not null || codes.Any(key => key.WithdrawnAt is null && plan.IsOver(key, codes, now));
    }

    /// <summary>One replica at a time; another may have done it meanwhile.</summary>
    private async Task<List<SigningKey>> ChangeAsync(HealthCodeDb db, string? withdraw, bool ahead, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);
        db.ChangeTracker.Clear();
        var keys = await db.SigningKeys.ToListAsync(cancellationToken);
        if (keys.TrueForAll(key => key.Purpose != KeyPurpose.TrustList)) keys.Add(db.Add(Make(KeyPurpose.TrustList, now)).Entity);

        var codes = keys.FindAll(key => key.Purpose == KeyPurpose.Code);
        if (codes.Find(key => key.KeyId == withdraw && key.WithdrawnAt is null) is { } bad)
        {
            bad.WithdrawnAt = now;
            // Whoever had the one may have had those that wait too.
            foreach (var waiting in codes.Where(key => key.SignsFrom > now)) waiting.WithdrawnAt = now;
            keys.Add(db.Add(Make(KeyPurpose.Code, now)).Entity);
        }
        else if (plan.NextBegins(codes, now) is { } begins)
        {
            keys.Add(db.Add(Make(KeyPurpose.Code, begins)).Entity);
        }
        else if (ahead && codes.TrueForAll(key => key.SignsFrom <= now))
        {
            keys.Add(db.Add(Make(KeyPurpose.Code, now + settings.Value.PublishAhead)).Entity);
        }

        foreach (var over in codes.FindAll(key => key.WithdrawnAt is null && plan.IsOver(key, codes, now)))
        {
            db.Remove(over);
            keys.Remove(over);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return keys;
    }

    private SigningKey Make(KeyPurpose purpose, DateTimeOffset signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (id, publicKey) = (Guid.CreateVersion7(), key.ExportSubjectPublicKeyInfo());
        var made = new SigningKey
        {
            Id = id,
            Purpose = purpose,
            KeyId = KeyId.Of(publicKey).Base64,
            PublicKey = publicKey,
            SealedPrivateKey = personalData.Seal(Convert.ToBase64String(key.ExportPkcs8PrivateKey()), id),
            CreatedAt = clock.GetUtcNow(),
            SignsFrom = signsFrom,
        };
        KeyMade(made.KeyId, purpose, signsFrom);
        return made;
    }

    private Opened Open(SigningKey key)
    {
        var privateKey = Convert.FromBase64String(personalData.Open(key.SealedPrivateKey, key.Id));
        // The platform does not promise that one key object serves two threads at once.
        return new Opened(key, new KeyId(key.KeyId), new ThreadLocal<ECDsa>(() =>
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(privateKey, out _);
            return ecdsa;
        }));
    }

    private string Sign(CityCodePayload payload, DateTimeOffset now) =>
        Use(current, KeyPlan.Signer(CodeKeys(current), now)!, (signer, id) => CityCode.Sign(payload, signer, id));

    private static T Use<T>(Snapshot snapshot, SigningKey key, Func<ECDsa, KeyId, T> sign)
    {
        var opened = Array.Find(snapshot.Opened, one => one.Key == key)!;
        return sign(opened.Signer.Value!, opened.Id);
    }

    private static SigningKey[] CodeKeys(Snapshot snapshot) => [.. snapshot.Opened.Select(one => one.Key).Where(key => key.Purpose == KeyPurpose.Code)];

    private static SigningKey RootKey(Snapshot snapshot) => snapshot.Opened.Select(one => one.Key).First(key => key.Purpose == KeyPurpose.TrustList);

    /// <summary>A key that has been replaced signs nothing new, whoever has it.</summary>
    private static VerificationKey ToVerificationKey(SigningKey key, IReadOnlyCollection<SigningKey> keys) =>
        new(new KeyId(key.KeyId), key.PublicKey) { NotAfter = KeyPlan.StopsAt(key, keys) ?? DateTimeOffset.MaxValue };

    [LoggerMessage(Level = LogLevel.Information, Message = "Made the key {KeyId} for {Purpose}, which signs from {SignsFrom:u}")]
    private partial void KeyMade(string keyId, KeyPurpose purpose, DateTimeOffset signsFrom);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Keys were not read again; the known ones hold")]
    private partial void KeysNotRead(Exception fault);

    private sealed record Opened(SigningKey Key, KeyId Id, ThreadLocal<ECDsa> Signer);

    private sealed record Snapshot(Opened[] Opened, KeyRing Ring, IReadOnlyList<VerificationKey> Published);
}

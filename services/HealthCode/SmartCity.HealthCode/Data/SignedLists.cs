using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Data;

/// <summary>What gates carry with them.</summary>
internal enum ListKind
{
    TrustedKeys = 1,
    RevokedCodes = 2,
}

/// <summary>A list as it is handed out, the same by every replica.</summary>
internal sealed class SignedList
{
    public ListKind Kind { get; init; }
    public required byte[] Content { get; set; }

    /// <summary>How many keys or codes.</summary>
    public int Entries { get; set; }

    public DateTimeOffset IssuedAt { get; set; }

    /// <summary>The keys that the trust list names: where they changed it is made anew at once.</summary>
    public string Keys { get; set; } = "";
}

/// <summary>
/// Makes the signed lists when their time has come, one replica for all, and holds the newest at hand, so that they are given out also while the
/// database is away. A printed code is revoked when its person or staff said so, and as long as it says another colour than the person now has.
/// </summary>
internal sealed partial class SignedLists(
    IServiceScopeFactory scopes, CredentialKeys keys, IOptions<CredentialSettings> settings, TimeProvider clock, ILogger<SignedLists> logger)
    : BackgroundService, IHealthCheck
{
    private const long LockNumber = 0x6C69_7374_73;

    private volatile IReadOnlyDictionary<ListKind, SignedList> current = new Dictionary<ListKind, SignedList>();

    public SignedList? Newest(ListKind kind) => current.GetValueOrDefault(kind);

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
        var now = clock.GetUtcNow();
        var known = await db.SignedLists.AsNoTracking().Select(list => new { list.Kind, list.IssuedAt, list.Keys }).ToDictionaryAsync(list => list.Kind, cancellationToken);
        if (!IsFresh(ListKind.TrustedKeys) || !IsFresh(ListKind.RevokedCodes)) await MakeAsync(db, now, cancellationToken);

        if (Enum.GetValues<ListKind>().All(kind => known.TryGetValue(kind, out var stored) && Newest(kind)?.IssuedAt == stored.IssuedAt) && IsFresh(ListKind.TrustedKeys) && IsFresh(ListKind.RevokedCodes))
            return;
        current = await db.SignedLists.AsNoTracking().ToDictionaryAsync(list => list.Kind, cancellationToken);

        bool IsFresh(ListKind kind) => known.TryGetValue(kind, out var list) && IsStillGood(kind, list.IssuedAt, list.Keys, now);
    }

    /// <summary>Degraded: gates are about to have no list that they may rely on.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        if (keys.SignerDue + settings.Value.PublishAhead < now) return Task.FromResult(HealthCheckResult.Degraded($"The key that signs codes was to be replaced at {keys.SignerDue:u}."));
        var age = Newest(ListKind.RevokedCodes) is { } list ? now - list.IssuedAt : (TimeSpan?)null;
        return Task.FromResult(age is { } known && known < settings.Value.ListLifetime / 2
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(age is null ? "No list of revoked codes has been made." : $"The list of revoked codes is {age:d\\.hh\\:mm} old."));
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Value.CheckEvery);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                ListsNotMade(fault);
            }
        }
    }

    private async Task MakeAsync(HealthCodeDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber})", cancellationToken);
        var lists = await db.SignedLists.ToDictionaryAsync(list => list.Kind, cancellationToken);
        // Whole seconds, as the lists themselves say it.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        if (!IsGood(ListKind.TrustedKeys))
        {
            var trusted = new TrustList(keys.Published, issuedAt, issuedAt + 7 * settings.Value.ListLifetime);
            Keep(ListKind.TrustedKeys, keys.Sign(trusted), trusted.Keys.Count);
        }

        if (!IsGood(ListKind.RevokedCodes))
        {
            var revoked = await RevokedAsync(db, now, cancellationToken);
            var filter = RevocationFilter.Build(revoked.Select(RevocationId.OfCityCode));
            Keep(ListKind.RevokedCodes, keys.Sign(new RevocationList(filter, issuedAt, issuedAt + settings.Value.ListLifetime), now), filter.Count);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        bool IsGood(ListKind kind) => lists.TryGetValue(kind, out var list) && IsStillGood(kind, list.IssuedAt, list.Keys, now);

        void Keep(ListKind kind, byte[] content, int entries)
        {
            if (!lists.TryGetValue(kind, out var list)) db.Add(list = new SignedList { Kind = kind, Content = content });
            (list.Content, list.Entries, list.IssuedAt, list.Keys) = (content, entries, issuedAt, KeyIds());
            ListMade(kind, entries);
        }
    }

    private static async Task<List<Guid>> RevokedAsync(HealthCodeDb db, DateTimeOffset now, CancellationToken cancellationToken) => await (
        from printed in db.PrintedCodes
        where printed.ValidUntil > now
        join code in db.Codes on printed.CitizenId equals code.CitizenId into codes
        from code in codes.DefaultIfEmpty()
        where printed.RevokedAt != null || (printed.ColorUntil > now && code != null && code.Color != printed.Color)
        select printed.CodeId).ToListAsync(cancellationToken);

    private bool IsStillGood(ListKind kind, DateTimeOffset issuedAt, string namedKeys, DateTimeOffset now) =>
        namedKeys == KeyIds() && (now - issuedAt).Duration() < (kind == ListKind.RevokedCodes ? settings.Value.ListEvery : settings.Value.ListLifetime);

    /// <summary>Either list names the keys: the one trusts them, the other is signed by one of them.</summary>
    private string KeyIds() => string.Join(' ', keys.Published.Select(key => key.Id.Base64));

    [LoggerMessage(Level = LogLevel.Debug, Message = "Made the list {Kind} with {Entries} entries")]
    private partial void ListMade(ListKind kind, int entries);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The signed lists were not made anew; those at hand are given out")]
    private partial void ListsNotMade(Exception fault);
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>Deletes what is older than its kind is kept, in small commits, and leaves a receipt of each. Replicas may sweep at the same time.</summary>
internal sealed partial class ForgetOldData(
    IServiceScopeFactory scopes, IOptions<RetentionSettings> settings, TimeProvider clock, ILogger<ForgetOldData> logger) : BackgroundService
{
    private const int Batch = 5000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Value.SweepEvery, clock);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                NotSwept(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>What is kept how long: the words of receipts and reports.</summary>
    public static IEnumerable<(string What, int Days)> Kinds(RetentionSettings settings) =>
    [
        .. Enum.GetValues<EvidenceKind>().Select(kind => (Word(kind), settings.DaysOf(kind))),
        ("history", settings.History), ("accessLog", settings.AccessLog), ("printedCodes", settings.PrintedCodes),
    ];

    public static string Word(EvidenceKind kind) => $"evidence:{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString())}";

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        DateTimeOffset Before(int days) => now.AddDays(-days);
        foreach (var kind in Enum.GetValues<EvidenceKind>())
        {
            var before = Before(settings.Value.DaysOf(kind));
            // Counted from its end where it has one: what still holds by its own word is never forgotten.
            await DeleteAsync(Word(kind), before, db => db.Evidence.Where(fact => fact.Kind == kind && (fact.Until ?? fact.At) < before).OrderBy(fact => fact.Id), cancellationToken);
        }

        var results = Before(settings.Value.OtherEvidence);
        var negative = Before(settings.Value.DaysOf(EvidenceKind.NegativeResult));
        await DeleteAsync("labResults", results, db => db.LabResults
            .Where(result => result.SampledAt < results || (result.SampledAt < negative && result.Outcome == LabOutcome.Negative)).OrderBy(result => result.Id), cancellationToken);
        var history = Before(settings.Value.History);
        await DeleteAsync("history", history, db => db.Changes.Where(change => change.ChangedAt < history).OrderBy(change => change.Id), cancellationToken);
        var looks = Before(settings.Value.AccessLog);
        await DeleteAsync("accessLog", looks, db => db.AccessLog.Where(look => look.At < looks).OrderBy(look => look.Id), cancellationToken);
        var printed = Before(settings.Value.PrintedCodes);
        await DeleteAsync("printedCodes", printed, db => db.PrintedCodes.Where(code => code.ValidUntil < printed).OrderBy(code => code.CodeId), cancellationToken);
    }

    private async Task DeleteAsync<T>(string what, DateTimeOffset before, Func<HealthCodeDb, IQueryable<T>> old, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<HealthCodeDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            deleted = await old(db).Take(Batch).ExecuteDeleteAsync(cancellationToken);
            if (deleted == 0) return;
            db.Add(new Deletion { Id = Guid.CreateVersion7(), At = clock.GetUtcNow(), What = what, OlderThan = before, Count = deleted });
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Forgot(deleted, what);
        }
        while (deleted == Batch);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Count} of {What} whose time was over")]
    private partial void Forgot(int count, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "What is older than it is kept was not deleted; trying again")]
    private partial void NotSwept(Exception fault);
}

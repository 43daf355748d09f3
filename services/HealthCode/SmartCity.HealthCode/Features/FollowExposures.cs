using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Contracts;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Tracing found an exposure, or takes one back: it becomes evidence or ceases to be, and the rules are asked. What tracing said last holds;
/// a withdrawal that overtakes the finding leaves evidence that is void already.
/// </summary>
internal sealed partial class FollowExposures(HealthCodeDb db, PolicyBook policies, TimeProvider clock, ILogger<FollowExposures> logger)
    : IConsumer<ExposureDetected>, IConsumer<ExposureWithdrawn>
{
    public Task Consume(ConsumeContext<ExposureDetected> context) => FollowAsync(
        context, context.Message.ExposureId, context.Message.CitizenId, ChangeCause.ExposureDetected,
        evidence => evidence.State(context.Message.Until, context.Message.Minutes, context.Message.DetectedAt, detail: DetailOf(context.Message)));

    public Task Consume(ConsumeContext<ExposureWithdrawn> context) => FollowAsync(
        context, context.Message.ExposureId, context.Message.CitizenId, ChangeCause.ExposureWithdrawn,
        evidence => evidence.Withdraw(context.Message.WithdrawnAt));

    /// <summary>What rules may ask beside the minutes: <c>severity</c> (low, moderate, high) and <c>weightedMinutes</c>.</summary>
    private static string? DetailOf(ExposureDetected found) => found.Severity is { } severity
        ? JsonSerializer.Serialize(new { severity = JsonNamingPolicy.CamelCase.ConvertName(severity.ToString()), weightedMinutes = found.WeightedMinutes })
        : null;

    private async Task FollowAsync(ConsumeContext context, Guid exposure, Guid citizen, ChangeCause cause, Func<Evidence, bool> isNews)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var evidence = await db.Evidence.FindAsync([exposure], context.CancellationToken)
            ?? db.Add(new Evidence { Id = exposure, CitizenId = new CitizenId(citizen), Kind = EvidenceKind.Exposure, Source = EvidenceSource.PlaceRegistration }).Entity;
        if (isNews(evidence)) await ReconsiderAsync(evidence.CitizenId, cause, context.CancellationToken);
        await db.SaveChangesAsync(context.CancellationToken);
        Followed(exposure, cause);
    }

    private async Task ReconsiderAsync(CitizenId id, ChangeCause cause, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.Id == id, cancellationToken) is not { } citizen) return;
        var evidence = await db.EvidenceOfAsync(citizen, cancellationToken);
        db.Record(citizen.Code.Reconsider(policies.Require(citizen, now), evidence, cause, now), citizen.HomeCell);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Exposure {ExposureId} was followed: {Cause}")]
    private partial void Followed(Guid exposureId, ChangeCause cause);
}

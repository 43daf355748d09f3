using MassTransit;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Contracts;

namespace SmartCity.HealthCode.Features;

/// <summary>Tracing found an exposure: it becomes evidence, and the rules are asked. Of two findings about one exposure the later one holds.</summary>
internal sealed partial class RecordExposure(HealthCodeDb db, PolicyBook policies, TimeProvider clock, ILogger<RecordExposure> logger) : IConsumer<ExposureDetected>
{
    public async Task Consume(ConsumeContext<ExposureDetected> context)
    {
        var (exposure, now) = (context.Message, clock.GetUtcNow());
        if (!await db.EnterInboxAsync(context)) return;

        var evidence = await db.Evidence.FindAsync([exposure.ExposureId], context.CancellationToken)
            ?? db.Add(new Evidence { Id = exposure.ExposureId, CitizenId = new CitizenId(exposure.CitizenId), Kind = EvidenceKind.Exposure }).Entity;
        if (evidence.State(exposure.Until, exposure.Minutes, exposure.DetectedAt)
            && await db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.Id == evidence.CitizenId, context.CancellationToken) is { } citizen)
        {
            var all = await db.EvidenceOfAsync(citizen.Id, context.CancellationToken);
            db.Record(citizen.Code.Reconsider(policies.Require(now), all, ChangeCause.ExposureDetected, now), citizen.HomeCell);
        }

        await db.SaveChangesAsync(context.CancellationToken);
        Recorded(exposure.ExposureId);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Exposure {ExposureId} was recorded")]
    private partial void Recorded(Guid exposureId);
}

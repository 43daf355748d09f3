using MassTransit;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Contracts;

namespace SmartCity.HealthCode.Features;

/// <summary>An exposure no longer holds: its evidence goes, and the rules are asked. Where it comes before the finding, what it leaves makes the finding void.</summary>
internal sealed partial class WithdrawExposure(HealthCodeDb db, PolicyBook policies, TimeProvider clock, ILogger<WithdrawExposure> logger) : IConsumer<ExposureWithdrawn>
{
    public async Task Consume(ConsumeContext<ExposureWithdrawn> context)
    {
        var (exposure, now) = (context.Message, clock.GetUtcNow());
        if (!await db.EnterInboxAsync(context)) return;

        var evidence = await db.Evidence.FindAsync([exposure.ExposureId], context.CancellationToken)
            ?? db.Add(new Evidence { Id = exposure.ExposureId, CitizenId = new CitizenId(exposure.CitizenId), Kind = EvidenceKind.Exposure }).Entity;
        if (evidence.Withdraw(exposure.WithdrawnAt)
            && await db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.Id == evidence.CitizenId, context.CancellationToken) is { } citizen)
        {
            var all = await db.EvidenceOfAsync(citizen.Id, context.CancellationToken);
            db.Record(citizen.Code.Reconsider(policies.Require(now), all, ChangeCause.ExposureWithdrawn, now), citizen.HomeCell);
        }

        await db.SaveChangesAsync(context.CancellationToken);
        Withdrawn(exposure.ExposureId);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Exposure {ExposureId} was withdrawn")]
    private partial void Withdrawn(Guid exposureId);
}

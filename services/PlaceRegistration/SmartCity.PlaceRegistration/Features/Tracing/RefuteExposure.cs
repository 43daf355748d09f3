using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.HealthCode.Contracts;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>An appeal against an exposure was upheld: it is taken back everywhere, and no later run finds it again.</summary>
internal sealed partial class RefuteExposure(
    PlaceRegistrationDb db, NpgsqlDataSource database, TimeProvider clock, ILogger<RefuteExposure> logger) : IConsumer<ExposureRefuted>
{
    public async Task Consume(ConsumeContext<ExposureRefuted> context)
    {
        var (refuted, cancellationToken) = (context.Message, context.CancellationToken);
        var ofPerson = await db.Exposures.AsNoTracking().Where(one => one.CitizenId == refuted.CitizenId).ToListAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await Inbox.EnterAsync(connection, transaction, Inbox.MessageIdOf(context), Inbox.ConsumerOf(context), cancellationToken)) return;

        // None where its time is over: there is nothing left to take back.
        if (ofPerson.Find(one => DerivedId.OfExposure(one.CaseId, one.CitizenId, one.PlaceId) == refuted.ExposureId) is { } exposure)
        {
            await using var locks = new NpgsqlBatch(connection, transaction);
            CaseTracing.AddPersonLocks(locks, [exposure.CitizenId]);
            await locks.ExecuteNonQueryAsync(cancellationToken);
            await ExposureLog.RefuteAsync(connection, transaction, (exposure.CaseId, exposure.CitizenId, exposure.PlaceId), clock.GetUtcNow(), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        Refuted(refuted.ExposureId);
    }

    [LoggerMessage(LogLevel.Information, "Exposure {ExposureId} was refuted.")]
    private partial void Refuted(Guid exposureId);
}

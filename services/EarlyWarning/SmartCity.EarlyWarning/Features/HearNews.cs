using System.Globalization;
using MassTransit;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.HealthCode.Contracts;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Contracts;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Cases count on the day they were confirmed, because detection works with what was known on the day.</summary>
internal sealed class CountCase(EarlyWarningDb db, CountSignals signals) : IConsumer<CaseConfirmed>, IConsumer<CaseWithdrawn>
{
    public async Task Consume(ConsumeContext<CaseConfirmed> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var confirmed = context.Message;
        await signals.StateAsync(SignalStream.Cases, confirmed.CaseId.ToString(), confirmed.Cell, confirmed.ConfirmedAt, 1, confirmed.ConfirmedAt, context.CancellationToken);
    }

    public async Task Consume(ConsumeContext<CaseWithdrawn> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var withdrawn = context.Message;
        await signals.WithdrawAsync(SignalStream.Cases, withdrawn.CaseId.ToString(), withdrawn.Cell, withdrawn.WithdrawnAt, context.CancellationToken);
    }
}

/// <summary>Exposures count on the day they were found.</summary>
internal sealed class CountExposure(EarlyWarningDb db, CountSignals signals) : IConsumer<ExposureDetected>, IConsumer<ExposureWithdrawn>
{
    public async Task Consume(ConsumeContext<ExposureDetected> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var detected = context.Message;
        await signals.StateAsync(SignalStream.Exposures, detected.ExposureId.ToString(), detected.Cell, detected.DetectedAt, 1, detected.DetectedAt, context.CancellationToken);
    }

    public async Task Consume(ConsumeContext<ExposureWithdrawn> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var withdrawn = context.Message;
        await signals.WithdrawAsync(SignalStream.Exposures, withdrawn.ExposureId.ToString(), withdrawn.Cell, withdrawn.WithdrawnAt, context.CancellationToken);
    }
}

/// <summary>Visits come as running totals per cell and hour: the latest count of an hour holds.</summary>
internal sealed class CountVisits(EarlyWarningDb db, CountSignals signals) : IConsumer<VisitsCounted>
{
    public async Task Consume(ConsumeContext<VisitsCounted> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var counted = context.Message;
        var key = string.Create(CultureInfo.InvariantCulture, $"{counted.Cell} {counted.Hour.UtcDateTime:yyyy-MM-ddTHH}");
        await signals.StateAsync(SignalStream.Visits, key, counted.Cell, counted.Hour, counted.Visits, counted.CountedAt, context.CancellationToken);
    }
}

/// <summary>Reports count on the day they were received, whatever they are about.</summary>
internal sealed class CountReport(EarlyWarningDb db, CountSignals signals) : IConsumer<ReportReceived>
{
    public async Task Consume(ConsumeContext<ReportReceived> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var received = context.Message;
        await signals.StateAsync(SignalStream.Reports, received.ReportId.ToString(), received.Cell, received.ReceivedAt, 1, received.ReceivedAt, context.CancellationToken);
    }
}

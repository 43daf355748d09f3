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
        await signals.StateAsync(SignalStream.Cases, confirmed.CaseId.ToString(), "", confirmed.Cell, confirmed.ConfirmedAt, 1, confirmed.ConfirmedAt, context.CancellationToken);
    }

    public async Task Consume(ConsumeContext<CaseWithdrawn> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var withdrawn = context.Message;
        await signals.WithdrawAsync(SignalStream.Cases, withdrawn.CaseId.ToString(), withdrawn.WithdrawnAt, context.CancellationToken);
    }
}

/// <summary>Exposures count on the day they were found.</summary>
internal sealed class CountExposure(EarlyWarningDb db, CountSignals signals) : IConsumer<ExposureDetected>, IConsumer<ExposureWithdrawn>
{
    public async Task Consume(ConsumeContext<ExposureDetected> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var detected = context.Message;
        await signals.StateAsync(SignalStream.Exposures, detected.ExposureId.ToString(), "", detected.Cell, detected.DetectedAt, 1, detected.DetectedAt, context.CancellationToken);
    }

    public async Task Consume(ConsumeContext<ExposureWithdrawn> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var withdrawn = context.Message;
        await signals.WithdrawAsync(SignalStream.Exposures, withdrawn.ExposureId.ToString(), withdrawn.WithdrawnAt, context.CancellationToken);
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
        await signals.StateAsync(SignalStream.Visits, key, "", counted.Cell, counted.Hour, counted.Visits, counted.CountedAt, context.CancellationToken);
    }
}

/// <summary>Reports count on the day they were received; the category is the kind.</summary>
internal sealed class CountReport(EarlyWarningDb db, CountSignals signals) : IConsumer<ReportReceived>
{
    public async Task Consume(ConsumeContext<ReportReceived> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var received = context.Message;
        await signals.StateAsync(SignalStream.Reports, received.ReportId.ToString(), KindOf(received.Category), received.Cell, received.ReceivedAt, 1, received.ReceivedAt, context.CancellationToken);
    }

    /// <summary>A category becomes a kind; what has no form of one counts without.</summary>
    private static string KindOf(string category) => category.Length <= 40 && category.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') ? category.ToLowerInvariant() : "";
}

/// <summary>Declarations of symptoms count on the day they were made.</summary>
internal sealed class CountSymptoms(EarlyWarningDb db, CountSignals signals) : IConsumer<SymptomsDeclared>
{
    public async Task Consume(ConsumeContext<SymptomsDeclared> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var declared = context.Message;
        await signals.StateAsync(SignalStream.Symptoms, declared.DeclarationId.ToString(), "", declared.Cell, declared.DeclaredAt, 1, declared.DeclaredAt, context.CancellationToken);
    }
}

/// <summary>Temperatures count on the day they were taken; those that were a fever once more.</summary>
internal sealed class CountTemperature(EarlyWarningDb db, CountSignals signals) : IConsumer<TemperatureTaken>
{
    public async Task Consume(ConsumeContext<TemperatureTaken> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var taken = context.Message;
        var (key, fever) = (taken.ReadingId.ToString(), taken.Fever ? 1 : 0);
        await signals.StateAsync(
            [new(SignalStream.Temperatures, key, "", taken.Cell, taken.TakenAt, 1, taken.TakenAt), new(SignalStream.Fevers, key, "", taken.Cell, taken.TakenAt, fever, taken.TakenAt)],
            context.CancellationToken);
    }
}

/// <summary>Bookings come as running totals per item, cell and hour; an hour with nothing left is a stock-out.</summary>
internal sealed class CountBookings(EarlyWarningDb db, CountSignals signals) : IConsumer<BookingsCounted>
{
    public async Task Consume(ConsumeContext<BookingsCounted> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var counted = context.Message;
        var key = string.Create(CultureInfo.InvariantCulture, $"{counted.Item} {counted.Cell} {counted.Hour.UtcDateTime:yyyy-MM-ddTHH}");
        var stockOut = counted.Available == 0 ? 1 : 0;
        await signals.StateAsync(
            [
                new(SignalStream.Bookings, key, counted.Item, counted.Cell, counted.Hour, counted.Booked, counted.CountedAt),
                new(SignalStream.StockOuts, key, counted.Item, counted.Cell, counted.Hour, stockOut, counted.CountedAt),
            ],
            context.CancellationToken);
    }
}

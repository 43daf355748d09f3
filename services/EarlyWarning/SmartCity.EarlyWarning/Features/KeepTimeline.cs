using MassTransit;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.HealthCode.Contracts;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Contracts;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Writes down what every service tells, for the review of an event: one row per fact, whatever order the news comes in.</summary>
internal sealed class KeepTimeline(EarlyWarningDb db)
    : IConsumer<CaseConfirmed>, IConsumer<CaseWithdrawn>, IConsumer<ExposureDetected>, IConsumer<ExposureWithdrawn>, IConsumer<HealthCodeChanged>,
        IConsumer<ReportReceived>, IConsumer<BulletinPublished>, IConsumer<ApplicationDecided>, IConsumer<BookingsCounted>
{
    public Task Consume(ConsumeContext<CaseConfirmed> context) =>
        StateAsync(context, TimelineKind.Case, context.Message.CaseId.ToString(), context.Message.ConfirmedAt, context.Message.Cell);

    public Task Consume(ConsumeContext<CaseWithdrawn> context) =>
        WithdrawAsync(context, TimelineKind.Case, context.Message.CaseId.ToString(), context.Message.WithdrawnAt, context.Message.Cell);

    public Task Consume(ConsumeContext<ExposureDetected> context) =>
        StateAsync(context, TimelineKind.Exposure, context.Message.ExposureId.ToString(), context.Message.DetectedAt, context.Message.Cell);

    public Task Consume(ConsumeContext<ExposureWithdrawn> context) =>
        WithdrawAsync(context, TimelineKind.Exposure, context.Message.ExposureId.ToString(), context.Message.WithdrawnAt, context.Message.Cell);

    public Task Consume(ConsumeContext<ReportReceived> context) =>
        StateAsync(context, TimelineKind.Report, context.Message.ReportId.ToString(), context.Message.ReceivedAt, context.Message.Cell, context.Message.Category);

    public Task Consume(ConsumeContext<BulletinPublished> context) =>
        StateAsync(context, TimelineKind.Bulletin, $"{context.Message.BulletinId} {context.Message.Revision}", context.Message.PublishedAt, cell: null);

    public Task Consume(ConsumeContext<ApplicationDecided> context) =>
        StateAsync(context, TimelineKind.Application, context.Message.ApplicationId.ToString(), context.Message.DecidedAt, cell: null, context.Message.Service);

    public async Task Consume(ConsumeContext<HealthCodeChanged> context)
    {
        var (changed, cancellationToken) = (context.Message, context.CancellationToken);
        var at = changed.ChangedAt.ToUniversalTime();
        var hour = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero);
        var key = $"{changed.Cell ?? Area.City} {changed.To} {hour:yyyy-MM-ddTHH}";
        await OnceAsync(context, () => db.Database.ExecuteSqlAsync($"""
            INSERT INTO timeline_entries (kind, key, at, cell, subject, count) VALUES ('CodeChanges', {key}, {hour}, {changed.Cell}, {changed.To.ToString()}, 1)
            ON CONFLICT (kind, key) DO UPDATE SET count = timeline_entries.count + 1
            """, cancellationToken));
    }

    /// <summary>A running total: of two, the one that was counted later holds.</summary>
    public Task Consume(ConsumeContext<BookingsCounted> context)
    {
        var counted = context.Message;
        var (hour, at) = (counted.Hour.ToUniversalTime(), counted.CountedAt.ToUniversalTime());
        var key = $"{counted.Item} {counted.Cell ?? Area.City} {hour:yyyy-MM-ddTHH}";
        return OnceAsync(context, () => db.Database.ExecuteSqlAsync($"""
            INSERT INTO timeline_entries (kind, key, at, cell, subject, count) VALUES ('Bookings', {key}, {at}, {counted.Cell}, {counted.Item}, {counted.Booked})
            ON CONFLICT (kind, key) DO UPDATE SET at = excluded.at, count = excluded.count WHERE excluded.at > timeline_entries.at
            """, context.CancellationToken));
    }

    private Task StateAsync<T>(ConsumeContext<T> context, TimelineKind kind, string key, DateTimeOffset at, string? cell, string? subject = null) where T : class =>
        OnceAsync(context, () => db.Database.ExecuteSqlAsync($"""
            INSERT INTO timeline_entries (kind, key, at, cell, subject, count) VALUES ({kind.ToString()}, {key}, {at.ToUniversalTime()}, {cell}, {subject}, 1)
            ON CONFLICT (kind, key) DO UPDATE SET at = GREATEST(timeline_entries.at, excluded.at), cell = COALESCE(excluded.cell, timeline_entries.cell), subject = COALESCE(excluded.subject, timeline_entries.subject)
            """, context.CancellationToken));

    private Task WithdrawAsync<T>(ConsumeContext<T> context, TimelineKind kind, string key, DateTimeOffset at, string? cell) where T : class =>
        OnceAsync(context, () => db.Database.ExecuteSqlAsync($"""
            INSERT INTO timeline_entries (kind, key, cell, count, withdrawn_at) VALUES ({kind.ToString()}, {key}, {cell}, 1, {at.ToUniversalTime()})
            ON CONFLICT (kind, key) DO UPDATE SET withdrawn_at = GREATEST(timeline_entries.withdrawn_at, excluded.withdrawn_at)
            """, context.CancellationToken));

    private async Task OnceAsync<T>(ConsumeContext<T> context, Func<Task<int>> effect) where T : class
    {
        await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
        if (!await db.EnterInboxAsync(context)) return;
        // The inbox row first: of two deliveries at once the second waits there, and counts nothing.
        await db.SaveChangesAsync(context.CancellationToken);
        await effect();
        await transaction.CommitAsync(CancellationToken.None);
    }
}

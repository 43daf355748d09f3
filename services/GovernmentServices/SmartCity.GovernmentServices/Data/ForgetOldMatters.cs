using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace SmartCity.GovernmentServices.Data;

/// <summary>Section "Retention" of the configuration: how long what people did here is kept.</summary>
internal sealed class Retention
{
    /// <summary>Slots and stocks with their bookings, after they have ended.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan Bookings { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Reports, their answers, photographs and the record of who read them, after the report was received; ratings, after they were given.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan Reports { get; init; } = TimeSpan.FromDays(730);

    /// <summary>Applications with their steps, files and record, after they ended; and consents, after they were given. Certificates stay until they are.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan Applications { get; init; } = TimeSpan.FromDays(1825);

    /// <summary>Forms that were begun, after they were last saved.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan Drafts { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>Deletes what has been kept long enough. Bulletins stay: they are the city's public memory.</summary>
internal sealed partial class ForgetOldMatters(
    IServiceScopeFactory scopes, IOptions<Retention> retention, TimeProvider clock, ILogger<ForgetOldMatters> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan UnusedFiles = TimeSpan.FromDays(7);

    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
        var now = clock.GetUtcNow();
        var (bookablesBefore, reportsBefore) = (now - retention.Value.Bookings, now - retention.Value.Reports);
        // Bookings, entries and readings go with what they belong to.
        var bookables = await db.Bookables.Where(bookable => bookable.EndsAt < bookablesBefore).ExecuteDeleteAsync(cancellationToken);
        var oldReports = db.Reports.Where(report => report.ReceivedAt < reportsBefore);
        await db.Attachments.Where(file => oldReports.Any(report => report.Id == file.UsedBy)).ExecuteDeleteAsync(cancellationToken);
        await db.Ratings.Where(rating => rating.RatedAt < reportsBefore).ExecuteDeleteAsync(cancellationToken);
        var reports = await oldReports.ExecuteDeleteAsync(cancellationToken);
        var (applicationsBefore, draftsBefore, filesBefore) = (now - retention.Value.Applications, now - retention.Value.Drafts, now - UnusedFiles);
        var over = db.Applications.Where(application => application.DecidedAt < applicationsBefore);
        await db.Attachments.Where(file => file.UsedBy == null ? file.AddedAt < filesBefore : over.Any(application => application.Id == file.UsedBy)).ExecuteDeleteAsync(cancellationToken);
        await db.Drafts.Where(draft => draft.SavedAt < draftsBefore).ExecuteDeleteAsync(cancellationToken);
        await db.DataUses.Where(use => use.AgreedAt < applicationsBefore).ExecuteDeleteAsync(cancellationToken);
        var applications = await over.ExecuteDeleteAsync(cancellationToken);
        // Who has agreed to it and holds no booking any more is asked again.
        await db.BookingFacts.Where(facts => facts.AgreedAt < bookablesBefore && !db.Bookings.Any(booking => booking.AccountId == facts.AccountId)).ExecuteDeleteAsync(cancellationToken);
        if (bookables + reports + applications > 0) Forgot(bookables, reports, applications);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await ForgetAsync(stoppingToken);
            }
            // EF wraps what passes by itself in an InvalidOperationException.
            catch (Exception fault) when (fault is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException or DbUpdateException })
            {
                NotForgotten(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Bookables} bookables, {Reports} reports and {Applications} applications that had been kept long enough")]
    private partial void Forgot(int bookables, int reports, int applications);

    [LoggerMessage(LogLevel.Warning, "Old matters were not deleted, trying again in an hour")]
    private partial void NotForgotten(Exception fault);
}

internal static class RetentionExtensions
{
    public static void AddRetention(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<Retention>().BindConfiguration("Retention").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ForgetOldMatters>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ForgetOldMatters>());
    }
}

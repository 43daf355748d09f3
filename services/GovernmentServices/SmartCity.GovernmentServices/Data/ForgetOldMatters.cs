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

    /// <summary>Reports, their answers and the record of who read them, after the report was received.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan Reports { get; init; } = TimeSpan.FromDays(730);
}

/// <summary>Deletes what has been kept long enough. Bulletins stay: they are the city's public memory.</summary>
internal sealed partial class ForgetOldMatters(
    IServiceScopeFactory scopes, IOptions<Retention> retention, TimeProvider clock, ILogger<ForgetOldMatters> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
        var now = clock.GetUtcNow();
        var (bookablesBefore, reportsBefore) = (now - retention.Value.Bookings, now - retention.Value.Reports);
        // Bookings and readings go with what they belong to.
        var bookables = await db.Bookables.Where(bookable => bookable.EndsAt < bookablesBefore).ExecuteDeleteAsync(cancellationToken);
        var reports = await db.Reports.Where(report => report.ReceivedAt < reportsBefore).ExecuteDeleteAsync(cancellationToken);
        if (bookables + reports > 0) Forgot(bookables, reports);
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
            catch (DbException fault)
            {
                NotForgotten(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Bookables} bookables and {Reports} reports that had been kept long enough")]
    private partial void Forgot(int bookables, int reports);

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

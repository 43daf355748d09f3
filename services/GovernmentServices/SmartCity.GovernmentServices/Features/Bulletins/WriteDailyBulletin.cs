using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Contracts.V1;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Messaging;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>
/// Every morning the city says how the day before went, with the figures that the cockpit shows. What is not known is not said; figures that come late make a
/// correction. Of several replicas one writes it: the day is its key.
/// </summary>
internal sealed partial class WriteDailyBulletin(
    IServiceScopeFactory scopes, IOptions<DailyBulletin> options, TimeProvider clock, ILogger<WriteDailyBulletin> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CorrectedAtMostEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan CityTime = TimeSpan.FromHours(8);

    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");

    /// <summary>Says or corrects what is due.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var local = now.ToOffset(CityTime);
        if (local.TimeOfDay < options.Value.At) return;
        var day = DateOnly.FromDateTime(local.Date).AddDays(-1);
        var key = new Guid(SHA256.HashData(Encoding.ASCII.GetBytes($"daily bulletin {day:O}")).AsSpan(0, 16));

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
        var keys = scope.ServiceProvider.GetRequiredService<SigningKeys>();
        var bulletin = await db.Bulletins.SingleOrDefaultAsync(row => row.PublisherId == Guid.Empty && row.PublicationKey == key, cancellationToken);
        var standing = bulletin is null ? null : await db.BulletinRevisions.AsNoTracking().SingleAsync(row => row.BulletinId == bulletin.Id && row.Revision == bulletin.Revision, cancellationToken);
        if (standing is not null && now - standing.PublishedAt < CorrectedAtMostEvery) return;
        var figures = scope.ServiceProvider.GetRequiredService<Figures.FiguresClient>();
        var told = await figures.GetDailyAsync(new GetDailyRequest { Date = day.ToString("O", CultureInfo.InvariantCulture) }, cancellationToken: cancellationToken);
        if (!told.HasNewCases && told.Codes is null) return;

        var content = new BulletinContent(Both(language => Title(day, language)), Both(language => Body(told, language)), []);
        if (standing is not null && content.Says(standing)) return;
        BulletinRevision revision;
        if (bulletin is null)
        {
            bulletin = new Bulletin
            {
                Id = Guid.CreateVersion7(now), Kind = BulletinKind.Bulletin, Department = options.Value.Department, PublishedAt = now, PublisherId = Guid.Empty, PublicationKey = key, RequestHash = [],
            };
            db.Add(bulletin);
            revision = bulletin.First(content);
        }
        else
        {
            revision = bulletin.Correct(content, Both(language => Texts.In("Daily.Corrected", language)), Guid.Empty, now);
        }

        await keys.SignAsync(bulletin, revision, cancellationToken);
        db.Add(revision);
        db.Publish(new BulletinPublished(bulletin.Id, revision.Revision, revision.PublishedAt), bulletin.Id);
        await db.SaveChangesAsync(cancellationToken);
        Wrote(bulletin.Id, revision.Revision);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await WriteAsync(stoppingToken);
            }
            catch (DbUpdateException fault) when (LostRaces.Is(fault))
            {
                // Another replica wrote it.
            }
            // EF wraps what passes by itself in an InvalidOperationException.
            catch (Exception fault) when (
                fault is DbException or DbUpdateException or InvalidOperationException { InnerException: DbException or DbUpdateException } or RpcException
                && !stoppingToken.IsCancellationRequested)
            {
                NotWritten(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static string Title(DateOnly day, CultureInfo language) => string.Format(language, Texts.In("Daily.Title", language), day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static string Body(DailyFigures told, CultureInfo language)
    {
        var parts = new List<string>();
        if (told.HasNewCases) Say("Daily.Cases", told.NewCases);
        if (told.Reproduction is { } r) Say("Daily.Reproduction", Number(r.Mean), Number(r.Lower), Number(r.Upper));
        if (told.Codes is { } codes) Say("Daily.Codes", codes.Green, codes.Yellow, codes.Red);
        Say("Daily.Warnings", told.OpenWarnings);
        return string.Join('\n', parts);

        void Say(string text, params object[] values) => parts.Add(string.Format(CultureInfo.InvariantCulture, Texts.In(text, language), values));

        static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
    }

    private static LocalText Both(Func<CultureInfo, string> text) => new(text(Chinese), text(English));

    [LoggerMessage(LogLevel.Information, "Wrote revision {Revision} of the daily bulletin {Bulletin}")]
    private partial void Wrote(Guid bulletin, int revision);

    [LoggerMessage(LogLevel.Warning, "The daily bulletin was not written, trying again")]
    private partial void NotWritten(Exception fault);
}

/// <summary>Section "DailyBulletin" of the configuration.</summary>
internal sealed class DailyBulletin
{
    /// <summary>The time of the city's day from which yesterday is told.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:00")]
    public TimeSpan At { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Who speaks.</summary>
    [Required]
    public string Department { get; init; } = "health-commission";
}

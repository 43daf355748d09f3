using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>A citizen reads the warnings they asked for, sees why they were warned, and takes note.</summary>
internal static class ReadMyWarnings
{
    private const int Most = 100;

    private static readonly MyWarning Example = new(
        WarningView.Example, new WhyText("You asked on 2026-03-01 to be warned of grid cell 3123N12147E from moderate on; this warning (severe) covers it.", "您于 2026-03-01 订阅了网格 3123N12147E 的预警（中等及以上）；本预警（严重）覆盖该网格。"),
        "3123N12147E", Severity.Moderate, AcknowledgedAt: null);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/me/warnings", ListAsync)
            .WithName("ListMyWarnings").WithTags("My warnings").WithSummary("Warnings that the caller asked for and that hold, all clears and cancellations of them, each with the reason why it is here; the newest first.")
            .WithExample(answer: new Page<MyWarning>([Example]))
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapPost("/me/warnings/{id:guid}/acknowledgement", AcknowledgeAsync)
            .WithName("AcknowledgeMyWarning").WithTags("My warnings").WithSummary("Takes note of a warning; asked again, gives the first answer.")
            .WithExample(answer: new Noted(WarningView.Example.WarningId, WarningView.Example.IssuedAt!.Value.AddMinutes(9)))
            .Allow(Roles.Citizen, Roles.Proxy);
    }

    private static async Task<Ok<Page<MyWarning>>> ListAsync(Caller caller, EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var subscriptions = await SubscribeToWarnings.OfAsync(caller, db, cancellationToken);
        var warnings = await ReadWarnings.OnRecord(db, clock.GetUtcNow()).AsNoTracking().OrderByDescending(warning => warning.Id).Take(Most).ToListAsync(cancellationToken);
        var noted = await db.CitizenAcknowledgements.AsNoTracking().Where(known => known.AccountId == caller.AccountId && warnings.Select(warning => warning.Id).Contains(known.WarningId))
            .ToDictionaryAsync(known => known.WarningId, known => known.AcknowledgedAt, cancellationToken);

        var mine =
            from warning in warnings
            // Whoever was warned hears the all clear, mild as it is.
            let severity = warning.Kind == WarningKind.AllClear ? Severity.Extreme : warning.Severity
            let subscription = subscriptions.FirstOrDefault(subscription => subscription.Covers(WarnedArea.Of(warning), severity))
            where subscription is not null
            select new MyWarning(
                WarningView.Of(warning), Why(subscription, warning, options.Value), subscription.Area, subscription.MinimumSeverity,
                noted.TryGetValue(warning.Id, out var at) ? at : null);
        return TypedResults.Ok(new Page<MyWarning>([.. mine]));
    }

    private static async Task<Results<Ok<Noted>, Refusal>> AcknowledgeAsync(Guid id, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!await db.Warnings.AnyAsync(warning => warning.Id == id && warning.IssuedAt != null, cancellationToken)) return Refusal.NotFound("warning_unknown");
        var noted = await db.CitizenAcknowledgements.FindAsync([id, caller.AccountId], cancellationToken);
        if (noted is null)
        {
            noted = db.Add(new CitizenAcknowledgement { WarningId = id, AccountId = caller.AccountId, AcknowledgedAt = clock.GetUtcNow() }).Entity;
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(new Noted(id, noted.AcknowledgedAt));
    }

    private static WhyText Why(Subscription subscription, Warning warning, WarningOptions options)
    {
        var since = CityDay.Of(subscription.Since);
        var (place, ort) = subscription.Area == Area.City ? (options.CityName.En, options.CityName.Zh) : ($"grid cell {subscription.Area}", $"网格 {subscription.Area}");
        var wide = warning.Cell is null && warning.Polygons.Length == 0;
        return new WhyText(
            $"You asked on {since:yyyy-MM-dd} to be warned of {place} from {subscription.MinimumSeverity.ToString().ToLowerInvariant()} on; this warning ({warning.Severity.ToString().ToLowerInvariant()}) {(wide ? "holds for the whole city" : "covers it")}.",
            $"您于 {since:yyyy-MM-dd} 订阅了{ort}的预警（{Chinese(subscription.MinimumSeverity)}及以上）；本预警（{Chinese(warning.Severity)}）{(wide ? "适用于全市" : "覆盖该区域")}。");
    }

    private static string Chinese(Severity severity) => severity switch
    {
        Severity.Extreme => "特别严重",
        Severity.Severe => "严重",
        Severity.Moderate => "中等",
        Severity.Minor => "轻微",
        _ => severity.ToString(),
    };

    /// <param name="Warning">The warning.</param>
    /// <param name="Why">Why the caller is warned.</param>
    /// <param name="Area">The subscription that it comes from.</param>
    /// <param name="MinimumSeverity">What it asked for.</param>
    /// <param name="AcknowledgedAt">When the caller took note, UTC; absent until then.</param>
    internal sealed record MyWarning(WarningView Warning, WhyText Why, string Area, Severity MinimumSeverity, DateTimeOffset? AcknowledgedAt);

    /// <param name="En">In English.</param>
    /// <param name="Zh">In Simplified Chinese.</param>
    internal sealed record WhyText(string En, string Zh);

    /// <param name="WarningId">The warning.</param>
    /// <param name="AcknowledgedAt">When the caller took note first, UTC.</param>
    internal sealed record Noted(Guid WarningId, DateTimeOffset AcknowledgedAt);
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Detection;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Rules are data: an officer writes a version, replays the past with it, and a second person lets it judge what comes in.</summary>
internal static class WriteRule
{
    private static readonly RuleRequest Example = new("cases-street-weekly", SignalStream.Cases, AreaLevel.Street, DetectorKind.Noufaily, "health-commission", Alpha: 0.01, MinimumCount: 5);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/rules", WriteAsync)
            .WithName("WriteRule").WithTags("Rules").WithSummary("Writes the next version of a rule as a draft. The same again is the same version.")
            .WithExample(Example, RuleView.Example)
            .Allow(Roles.HealthOfficer);
        features.MapGet("/rules", ListAsync)
            .WithName("ListRules").WithTags("Rules").WithSummary("All versions of all rules, by code and version.")
            .WithExample(answer: new Page<RuleView>([RuleView.Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapPost("/rules/{code}/versions/{version:int}/approval", ApproveAsync)
            .WithName("ApproveRule").WithTags("Rules").WithSummary("Lets a version judge what comes in, in the place of the version before: nobody can who wrote it, and only after a backtest that passed.")
            .WithExample(answer: RuleView.Example with { State = RuleState.Live })
            .Allow(Roles.Approver);
        features.MapPost("/rules/{code}/versions/{version:int}/retirement", RetireAsync)
            .WithName("RetireRule").WithTags("Rules").WithSummary("Ends a version: it judges nothing more, and what it raised stays on record.")
            .WithExample(answer: RuleView.Example with { State = RuleState.Retired })
            .Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<RuleView>, Refusal>> WriteAsync(RuleRequest request, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var newest = await db.Rules.AsNoTracking().Where(rule => rule.Code == request.Code).OrderByDescending(rule => rule.Version).FirstOrDefaultAsync(cancellationToken);
        if (newest is not null && RuleRequest.Of(newest) == request && newest.State != RuleState.Retired) return TypedResults.Ok(RuleView.Of(newest));
        var rule = request.ToRule((newest?.Version ?? 0) + 1, caller.Actor, clock.GetUtcNow());
        if (rule.Series.Fault() is { } fault) return Refusal.Invalid("parameter_invalid", JsonNamingPolicy.CamelCase.ConvertName(fault));
        // Together only counts can be judged, and a scan needs neighbours.
        if (rule.Series.JudgesTogether && StreamShape.Of(rule.Stream).IsMean) return Refusal.Invalid("parameter_invalid", "stream");
        if (rule.Detector == DetectorKind.SpaceTimeScan && rule.Level == AreaLevel.City) return Refusal.Invalid("parameter_invalid", "level");
        db.Add(rule);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(RuleView.Of(rule));
    }

    private static async Task<Results<Ok<Page<RuleView>>, Refusal>> ListAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        var (code, version) = page.After?.Split(' ') is [var c, var v] && int.TryParse(v, out var number) ? (c, number) : ("", 0);
        if (page.After is not null && code.Length == 0) return PageQuery.InvalidCursor;
        var rules = await db.Rules.AsNoTracking()
            .Where(rule => rule.Code.CompareTo(code) > 0 || (rule.Code == code && rule.Version > version))
            .OrderBy(rule => rule.Code).ThenBy(rule => rule.Version).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<RuleView>.From([.. rules.Select(RuleView.Of)], page.Take, rule => $"{rule.Rule.Code} {rule.Version}"));
    }

    private static async Task<Results<Ok<RuleView>, Refusal>> ApproveAsync(
        string code, int version, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var versions = await db.Rules.Where(rule => rule.Code == code && (rule.Version == version || rule.State == RuleState.Live)).ToListAsync(cancellationToken);
        if (versions.Find(rule => rule.Version == version) is not { } wanted) return Refusal.NotFound("rule_unknown");
        // What was found out last counts, not the best of many tries.
        var passed = await db.Backtests.Where(test => test.Code == code && test.Version == version).OrderByDescending(test => test.Id).Select(test => test.Passed).FirstOrDefaultAsync(cancellationToken);
        if (wanted.GoLive(caller.Actor, passed, clock.GetUtcNow()) is { } problem) return problem == "second_person_required" ? Refusal.Forbidden(problem) : Refusal.Conflict(problem);
        foreach (var other in versions.Where(rule => rule.Version != version)) other.Retire();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(RuleView.Of(wanted));
    }

    private static async Task<Results<Ok<RuleView>, Refusal>> RetireAsync(string code, int version, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (await db.Rules.SingleOrDefaultAsync(rule => rule.Code == code && rule.Version == version, cancellationToken) is not { } rule) return Refusal.NotFound("rule_unknown");
        rule.Retire();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(RuleView.Of(rule));
    }
}

/// <summary>What a rule says.</summary>
/// <param name="Code">The rule's name: lower-case letters, digits and hyphens.</param>
/// <param name="Stream">What is judged.</param>
/// <param name="Level">At which level of the grid.</param>
/// <param name="Detector">By which detector.</param>
/// <param name="Department">Whose alarms these are.</param>
/// <param name="Kind">Only this kind; absent for all kinds together.</param>
/// <param name="Alpha">Probability of a false alarm per value, of the scan per scan, of the monitor the share of false ones among alarms that start an event; the detector's default if absent.</param>
/// <param name="MinimumSigma">EARS: floor of the standard deviation.</param>
/// <param name="MinimumCount">A value below this never alarms.</param>
/// <param name="Years">Weekly detectors: years of history.</param>
/// <param name="Factor">Likelihood ratio: the factor to detect.</param>
/// <param name="Limit">Sums: the limit.</param>
internal sealed record RuleRequest(
    [RegularExpression("[a-z0-9-]{1,60}")] string Code, SignalStream Stream, AreaLevel Level, DetectorKind Detector, [RegularExpression("[a-z0-9-]{1,60}")] string Department,
    [RegularExpression("[a-z0-9-]{1,40}")] string? Kind = null, double? Alpha = null, double? MinimumSigma = null, double? MinimumCount = null, int? Years = null, double? Factor = null,
    double? Limit = null)
{
    public DetectionRule ToRule(int version, Guid author, DateTimeOffset now) => new()
    {
        Code = Code, Version = version, Stream = Stream, Kind = Kind, Level = Level, Detector = Detector, Alpha = Alpha, MinimumSigma = MinimumSigma, MinimumCount = MinimumCount, Years = Years,
        Factor = Factor, Limit = Limit, Department = Department, AuthorId = author, WrittenAt = now,
    };

    public static RuleRequest Of(DetectionRule rule) => new(
        rule.Code, rule.Stream, rule.Level, rule.Detector, rule.Department, rule.Kind, rule.Alpha, rule.MinimumSigma, rule.MinimumCount, rule.Years, rule.Factor, rule.Limit);
}

/// <param name="Rule">What it says.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="State">Where it stands.</param>
/// <param name="WrittenAt">When it was written, UTC.</param>
/// <param name="LiveFrom">Since when it judges what comes in, UTC; absent if it never did.</param>
internal sealed record RuleView(RuleRequest Rule, int Version, RuleState State, DateTimeOffset WrittenAt, DateTimeOffset? LiveFrom)
{
    public static RuleView Example { get; } = new(
        new RuleRequest("cases-street-weekly", SignalStream.Cases, AreaLevel.Street, DetectorKind.Noufaily, "health-commission", Alpha: 0.01, MinimumCount: 5), 1, RuleState.Draft,
        new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), null);

    public static RuleView Of(DetectionRule rule) => new(RuleRequest.Of(rule), rule.Version, rule.State, rule.WrittenAt, rule.LiveFrom);
}

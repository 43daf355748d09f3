using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Officers read response plans, write new versions, and approve each other's.</summary>
internal static class KeepPlans
{
    private const string DepartmentName = "[a-z][a-z0-9-]{1,49}";

    private static readonly StepView ExampleStep = new("verify", "health-commission", "emergency-management", 30, 1440, IsEarlyResponse: true, "Verify the cases.", "核实病例。");
    private static readonly PlanView Example = new("infectious-disease", 1, [ExampleStep], new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/plans", ListAsync)
            .WithName("ListPlans").WithTags("Response").WithSummary("All versions of all response plans, by hazard, the newest version first. In force is the newest that was approved.")
            .WithExample(answer: new Page<PlanView>([Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapPost("/plans/{hazard}/{version:int}", DraftAsync)
            .WithName("DraftPlan").WithTags("Response").WithSummary("Writes the next version of a plan. The version is one more than the newest; the same again gives the first answer.")
            .WithExample(new PlanRequest([ExampleStep]), Example with { Version = 2, ApprovedAt = null })
            .Allow(Roles.HealthOfficer);
        features.MapPost("/plans/{hazard}/{version:int}/approval", ApproveAsync)
            .WithName("ApprovePlan").WithTags("Response").WithSummary("Puts a version in force for responses that begin from now on; nobody can who wrote it.")
            .WithExample(answer: Example with { Version = 2 })
            .Allow(Roles.Approver);
    }

    private static async Task<Results<Ok<Page<PlanView>>, Refusal>> ListAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        var plans = await db.ResponsePlans.AsNoTracking().ToListAsync(cancellationToken);
        var rows = plans.OrderBy(plan => plan.Hazard, StringComparer.Ordinal).ThenByDescending(plan => plan.Version).Select(PlanView.Of)
            .SkipWhile(plan => page.After is not null && Cursor(plan) != page.After).Skip(page.After is null ? 0 : 1).Take(page.Take + 1).ToList();
        return TypedResults.Ok(Page<PlanView>.From(rows, page.Take, Cursor));
    }

    private static string Cursor(PlanView plan) => $"{plan.Hazard} {plan.Version}";

    private static async Task<Results<Ok<PlanView>, Refusal>> DraftAsync(
        string hazard, int version, PlanRequest request, Caller caller, EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (options.Value.HazardOf(hazard) is null) return Refusal.Invalid("hazard_unknown", "hazard", string.Join(", ", options.Value.Hazards.Select(known => known.Name)));
        if (request.Steps.Select(step => step.Key).Distinct().Count() != request.Steps.Count) return Refusal.Invalid("plan_keys_repeat", "steps");
        for (var i = 0; i < request.Steps.Count; i++)
        {
            if (request.Steps[i].FinishMinutes < request.Steps[i].AcknowledgeMinutes) return Refusal.Invalid("plan_deadlines_crossed", $"steps[{i}].finishMinutes");
        }

        var newest = await db.ResponsePlans.Where(plan => plan.Hazard == hazard).MaxAsync(plan => (int?)plan.Version, cancellationToken) ?? 0;
        var steps = request.Steps.Select(step => step.ToStep()).ToList();
        if (version == newest && await db.ResponsePlans.FindAsync([hazard, version], cancellationToken) is { } before && before.AuthorId == caller.Actor && before.Steps.SequenceEqual(steps)) return TypedResults.Ok(PlanView.Of(before));
        if (version != newest + 1) return Refusal.Conflict("plan_version_taken", "version", newest + 1);

        var plan = new ResponsePlan { Hazard = hazard, Version = version, Steps = steps, AuthorId = caller.Actor, DraftedAt = clock.GetUtcNow() };
        db.Add(plan);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(PlanView.Of(plan));
    }

    private static async Task<Results<Ok<PlanView>, Refusal>> ApproveAsync(string hazard, int version, Caller caller, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.ResponsePlans.FindAsync([hazard, version], cancellationToken) is not { } plan) return Refusal.NotFound("plan_unknown");
        if (plan.Approve(caller.Actor, clock.GetUtcNow()) is { } code) return Refusal.Forbidden(code);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(PlanView.Of(plan));
    }

    /// <param name="Steps">What departments do, 1 to 50.</param>
    internal sealed record PlanRequest([property: Required, Length(1, 50)] IReadOnlyList<StepView> Steps);

    /// <param name="Key">Its name in the plan.</param>
    /// <param name="Department">Who does it.</param>
    /// <param name="EscalatesTo">Who is told when nobody there takes note in time.</param>
    /// <param name="AcknowledgeMinutes">Minutes from the start until somebody must have taken note.</param>
    /// <param name="FinishMinutes">Minutes from the start until it must be done.</param>
    /// <param name="IsEarlyResponse">Whether 7-1-7 measures its end.</param>
    /// <param name="En">What to do, in English.</param>
    /// <param name="Zh">In Simplified Chinese.</param>
    internal sealed record StepView(
        [property: Required, RegularExpression("[a-z][a-z0-9-]{0,49}")] string Key, [property: Required, RegularExpression(DepartmentName)] string Department,
        [property: Required, RegularExpression(DepartmentName)] string EscalatesTo, [property: Range(1, 43_200)] int AcknowledgeMinutes, [property: Range(1, 525_600)] int FinishMinutes,
        bool IsEarlyResponse, [property: Required, StringLength(1000, MinimumLength = 1)] string En, [property: Required, StringLength(1000, MinimumLength = 1)] string Zh)
    {
        public static StepView Of(PlanStep step) => new(step.Key, step.Department, step.EscalatesTo, step.AcknowledgeMinutes, step.FinishMinutes, step.IsEarlyResponse, step.En, step.Zh);

        public PlanStep ToStep() => new(Key, Department, EscalatesTo, AcknowledgeMinutes, FinishMinutes, IsEarlyResponse, En, Zh);
    }

    /// <param name="Hazard">Against what.</param>
    /// <param name="Version">From 1.</param>
    /// <param name="Steps">What departments do.</param>
    /// <param name="DraftedAt">When it was written, UTC.</param>
    /// <param name="ApprovedAt">Since when it may be used, UTC; absent until then.</param>
    internal sealed record PlanView(string Hazard, int Version, IReadOnlyList<StepView> Steps, DateTimeOffset DraftedAt, DateTimeOffset? ApprovedAt)
    {
        public static PlanView Of(ResponsePlan plan) => new(plan.Hazard, plan.Version, [.. plan.Steps.Select(StepView.Of)], plan.DraftedAt, plan.ApprovedAt);
    }
}

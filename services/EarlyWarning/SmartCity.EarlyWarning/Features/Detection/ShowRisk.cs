using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>The risk of a cell with the parts that it is made of, and what was proposed to the health code.</summary>
internal static class ShowRisk
{
    public static void Map(RouteGroupBuilder features)
    {
        var part = new RiskView.Part(SignalStream.Cases, 0.74, Guid.Parse("019d0a3e-7c00-7000-8000-000000000002"), "3123N12147E");
        features.MapGet("/risk/{cell}", ShowAsync)
            .WithName("ShowRisk").WithTags("Risk").WithSummary("The signals of a cell taken together, with the alarm behind every part.")
            .WithExample(answer: new RiskView("3123N12147E", AreaRisk.High, 0.74, "2026-1", [part]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/risk-proposals", ListAsync)
            .WithName("ListRiskProposals").WithTags("Risk").WithSummary("Levels that were proposed to the health code, the newest first. Whether they were approved, the health code knows.")
            .WithExample(answer: new Page<ProposalView>([new ProposalView(
                Guid.Parse("019d0a3e-7c00-7000-8000-000000000003"), "3123N12147E", AreaRisk.High, "Cases 0.74", new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 23, 4, 0, 0, TimeSpan.Zero))]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<RiskView>, Refusal>> ShowAsync(
        string cell, EarlyWarningDb db, Grids grids, IOptions<RiskOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!GridCell.TryParse(cell, out _)) return Refusal.Invalid("cell_invalid", "cell");
        var today = CityDay.Of(clock.GetUtcNow());
        var since = today.AddDays(-options.Value.Days);
        var alarms = await db.Alarms.AsNoTracking().Where(alarm => alarm.Day > since && alarm.Hash != null && alarm.Area != Area.City).ToListAsync(cancellationToken);
        var risk = CellRisk.Of(cell, alarms, await grids.CurrentAsync(cancellationToken), today, options.Value);
        return TypedResults.Ok(new RiskView(cell, risk.Level, Math.Round(risk.Score, 4), options.Value.Version, [.. risk.Parts.Select(part => new RiskView.Part(part.Stream, part.Share, part.AlarmId, part.Area))]));
    }

    private static async Task<Results<Ok<Page<ProposalView>>, Refusal>> ListAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var proposals = await db.Proposals.AsNoTracking().Where(proposal => after == null || proposal.Id < after).OrderByDescending(proposal => proposal.Id).Take(page.Take + 1)
            .Select(proposal => new ProposalView(proposal.Id, proposal.Cell, proposal.Level, proposal.Ground, proposal.ProposedAt, proposal.ValidUntil)).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<ProposalView>.From(proposals, page.Take, proposal => proposal.ProposalId.ToString()));
    }

    /// <param name="Cell">The cell.</param>
    /// <param name="Level">The level that the signals call for.</param>
    /// <param name="Score">1 minus the product of what the parts leave, 0 to 1.</param>
    /// <param name="Weights">The version of the weights.</param>
    /// <param name="Parts">The strongest standing alarm of each stream, the largest share first.</param>
    internal sealed record RiskView(string Cell, AreaRisk Level, double Score, string Weights, IReadOnlyList<RiskView.Part> Parts)
    {
        /// <param name="Stream">The stream.</param>
        /// <param name="Share">What it says by itself, 0 to 1.</param>
        /// <param name="AlarmId">The alarm.</param>
        /// <param name="Area">Where the alarm is: the cell, or an area around it, which counts less.</param>
        internal sealed record Part(SignalStream Stream, double Share, Guid AlarmId, string Area);
    }

    /// <param name="ProposalId">The proposal.</param>
    /// <param name="Cell">The cell.</param>
    /// <param name="Level">The level that was proposed.</param>
    /// <param name="Ground">The parts, in one line.</param>
    /// <param name="ProposedAt">When, UTC.</param>
    /// <param name="ValidUntil">Until when it waits for a person, exclusive, UTC.</param>
    internal sealed record ProposalView(Guid ProposalId, string Cell, AreaRisk Level, string Ground, DateTimeOffset ProposedAt, DateTimeOffset ValidUntil);
}

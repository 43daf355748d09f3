using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.Messaging;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Offers the health code another level for a cell whose signals, taken together, call for one. A person decides there.</summary>
internal sealed class ProposeRisk(EarlyWarningDb db, IOptions<RiskOptions> options)
{
    /// <summary>Looks at the cells with alarms of the streams that brought news; saves nothing.</summary>
    public async Task LookAsync(Grid grid, IReadOnlyCollection<SignalStream> streams, DateOnly today, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (streams.Count == 0) return;
        var since = today.AddDays(-options.Value.Days);
        var alarms = await db.Alarms.AsNoTracking().Where(alarm => alarm.Day > since && alarm.Hash != null && alarm.Area != Area.City).ToListAsync(cancellationToken);
        var cells = alarms.Where(alarm => streams.Contains(alarm.Stream)).SelectMany(alarm => alarm.Areas).Where(area => grid.LevelOf(area) == AreaLevel.Cell).Distinct().ToArray();
        if (cells.Length == 0) return;

        var waiting = (await db.Proposals.AsNoTracking().Where(proposal => cells.Contains(proposal.Cell) && proposal.ValidUntil > now).ToListAsync(cancellationToken))
            .GroupBy(proposal => proposal.Cell).ToDictionary(cell => cell.Key, cell => cell.MaxBy(proposal => proposal.ProposedAt)!);
        foreach (var cell in cells)
        {
            var risk = CellRisk.Of(cell, alarms, grid, today, options.Value);
            if (risk.Level == (waiting.GetValueOrDefault(cell)?.Level ?? AreaRisk.Low)) continue;
            var proposal = new RiskProposal { Id = Guid.CreateVersion7(now), Cell = cell, Level = risk.Level, Ground = risk.Ground, ProposedAt = now, ValidUntil = now + options.Value.ProposalLife };
            db.Add(proposal);
            db.Publish(new AreaRiskProposed(proposal.Id, cell, proposal.Level, proposal.Ground, proposal.ProposedAt, proposal.ValidUntil), key: cell);
        }
    }
}

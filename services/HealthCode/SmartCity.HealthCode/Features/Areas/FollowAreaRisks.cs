using MassTransit;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;

namespace SmartCity.HealthCode.Features;

/// <summary>Early warning proposes a level of risk for an area: it waits for an officer.</summary>
internal sealed partial class FollowAreaRisks(HealthCodeDb db, ILogger<FollowAreaRisks> logger) : IConsumer<AreaRiskProposed>
{
    private const int LongestGround = 1000;

    public async Task Consume(ConsumeContext<AreaRiskProposed> context)
    {
        if (!await db.EnterInboxAsync(context)) return;
        var message = context.Message;
        var known = await db.AreaRisks.AnyAsync(risk => risk.Id == message.ProposalId, context.CancellationToken);
        if (!known && GridCell.TryParse(message.Cell, out _) && message.Level != AreaRisk.Unspecified)
        {
            db.Add(new AreaRiskLevel
            {
                Id = message.ProposalId,
                Cell = message.Cell,
                Level = message.Level,
                Ground = message.Ground[..Math.Min(message.Ground.Length, LongestGround)],
                ProposedAt = message.ProposedAt.ToUniversalTime(),
                ValidUntil = message.ValidUntil.ToUniversalTime(),
            });
        }

        await db.SaveChangesAsync(context.CancellationToken);
        Followed(message.ProposalId);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Proposal {ProposalId} of an area's risk waits for an officer")]
    private partial void Followed(Guid proposalId);
}

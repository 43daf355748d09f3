namespace SmartCity.EarlyWarning.Contracts;

/// <summary>A warning was issued to departments and citizens, after two people agreed to it.</summary>
/// <param name="WarningId">The warning; also the identifier in its CAP 1.2 document.</param>
/// <param name="Cell">Grid cell that is warned; null for the whole city.</param>
/// <param name="Severity">CAP 1.2 severity: Extreme, Severe, Moderate, Minor or Unknown.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="ExpiresAt">When it ends unless updated, exclusive, UTC.</param>
public sealed record WarningIssued(Guid WarningId, string? Cell, string Severity, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>How great the risk of an area is.</summary>
public enum AreaRisk
{
    /// <summary>A value that this version does not know: it changes nothing.</summary>
    Unspecified = 0,

    /// <summary>As everywhere.</summary>
    Low = 1,

    /// <summary>Cases are being found.</summary>
    Medium = 2,

    /// <summary>It spreads there.</summary>
    High = 3,
}

/// <summary>Early warning proposes a level of risk for a cell. It says nothing about anybody until an officer of the health commission accepts it.</summary>
/// <param name="ProposalId">The proposal.</param>
/// <param name="Cell">Grid cell.</param>
/// <param name="Level">The level.</param>
/// <param name="Ground">What it rests on, for the officer who decides; no personal data.</param>
/// <param name="ProposedAt">When, UTC.</param>
/// <param name="ValidUntil">End of the level, exclusive, UTC.</param>
public sealed record AreaRiskProposed(
    Guid ProposalId, string Cell, AreaRisk Level, string Ground, DateTimeOffset ProposedAt, DateTimeOffset ValidUntil);

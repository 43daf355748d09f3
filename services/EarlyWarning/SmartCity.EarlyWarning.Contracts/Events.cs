namespace SmartCity.EarlyWarning.Contracts;

/// <summary>A warning was issued to departments and citizens, after two people agreed to it.</summary>
/// <param name="WarningId">The warning; also the identifier in its CAP 1.2 document.</param>
/// <param name="Cell">Grid cell that is warned; null for the whole city.</param>
/// <param name="Severity">CAP 1.2 severity: Extreme, Severe, Moderate, Minor or Unknown.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="ExpiresAt">When it ends unless updated, exclusive, UTC.</param>
public sealed record WarningIssued(Guid WarningId, string? Cell, string Severity, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

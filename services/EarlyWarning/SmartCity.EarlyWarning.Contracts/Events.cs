namespace SmartCity.EarlyWarning.Contracts;

/// <summary>A warning was issued to departments and citizens, after two people agreed to it.</summary>
/// <param name="WarningId">The warning; also the identifier in its CAP 1.2 document.</param>
/// <param name="Cell">Grid cell that is warned; null for the whole city.</param>
/// <param name="Severity">CAP 1.2 severity: Extreme, Severe, Moderate, Minor or Unknown.</param>
/// <param name="IssuedAt">When, UTC.</param>
/// <param name="ExpiresAt">When it ends unless updated, exclusive, UTC.</param>
/// <param name="IsExercise">True in a drill: nobody is to act as if it were real; null as false.</param>
/// <param name="FollowsId">The warning whose place it takes, with an update or the all clear; null for the first about its matter.</param>
public sealed record WarningIssued(
    Guid WarningId, string? Cell, string Severity, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, bool? IsExercise = null, Guid? FollowsId = null);

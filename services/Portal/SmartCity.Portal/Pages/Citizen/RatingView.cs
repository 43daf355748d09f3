namespace SmartCity.Portal.Pages.Citizen;

/// <summary>What a person thinks of one handling of their matter, and what became of it where that was bad.</summary>
public sealed record RatingView(Guid MatterId, int Handling, string LevelName, DateTimeOffset RatedAt, string? Comment = null, RatingView.Repair? Rectification = null)
{
    public sealed record Repair(string StateName, DateTimeOffset CallBackBy, DateTimeOffset DueAt, DateTimeOffset? ClosedAt = null, string? Call = null, string? Result = null);
}

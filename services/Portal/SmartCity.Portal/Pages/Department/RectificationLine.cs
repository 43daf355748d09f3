using SmartCity.Portal.Pages.Citizen;

namespace SmartCity.Portal.Pages.Department;

/// <summary>A bad rating in short, with the clocks of putting it right.</summary>
public sealed record RectificationLine(Guid Id, string Matter, Guid MatterId, string Level, string State, DateTimeOffset RatedAt, DateTimeOffset CallBackBy, DateTimeOffset DueAt);

/// <summary>A bad rating that was opened; its author sees that it was.</summary>
public sealed record OpenedRectification(RectificationLine Rating, RatingView.Repair Rectification, string? Comment = null, string? CallBack = null);

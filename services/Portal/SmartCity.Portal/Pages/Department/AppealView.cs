namespace SmartCity.Portal.Pages.Department;

/// <summary>An appeal in the queue, without what the person wrote.</summary>
public sealed record AppealView(Guid Id, string Color, string Rule, DateTimeOffset FiledAt, DateTimeOffset DueAt, bool Overdue, bool MayDecide);

/// <summary>An appeal that was opened; the person sees that it was.</summary>
public sealed record OpenedAppeal(AppealView Appeal, Guid CitizenId, string Text, string Policy, IReadOnlyList<Citizen.HealthCodeView.Evidence> Evidence);

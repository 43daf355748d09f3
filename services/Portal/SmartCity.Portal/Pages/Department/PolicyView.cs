using System.Text.Json;

namespace SmartCity.Portal.Pages.Department;

/// <summary>How far a policy is on its way, as the health code service answers it.</summary>
public sealed record PolicyView(
    string Version, string State, DateTimeOffset DraftedAt, int Approvals, int Percent, IReadOnlyList<string> Districts, DateTimeOffset? ReleasedAt, DateTimeOffset? RolledBackAt);

/// <summary>A policy with its rules.</summary>
public sealed record PolicyDetail(PolicyView Summary, JsonElement Document, long People, IReadOnlyList<PolicyDetail.Walk> Walks)
{
    public sealed record Walk(string Kind, DateTimeOffset StartedAt, long Looked, long Changed, long Failed, DateTimeOffset? FinishedAt);
}

/// <summary>What a draft would do to the city.</summary>
public sealed record DryRunView(PolicyDetail.Walk Walk, IReadOnlyList<DryRunView.Change> Changes)
{
    public sealed record Change(string Rule, string From, string To, string? District, int? BornIn, long? People);
}

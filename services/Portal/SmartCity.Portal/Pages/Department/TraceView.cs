namespace SmartCity.Portal.Pages.Department;

/// <summary>A trace in the officers' queue, as place registration answers it.</summary>
public sealed record TraceLine(Guid CaseId, string Release, string? ReleaseClass, int Contacts, DateTimeOffset? TracedAt);

/// <summary>A trace in numbers.</summary>
public sealed record TraceView(
    Guid CaseId, DateTimeOffset? TracedAt, DateTimeOffset? InfectiousFrom, DateTimeOffset? InfectiousUntil, DateTimeOffset? WithdrawnAt, int Places, int Contacts, string Release, string? ReleaseClass,
    int Approvals, int ApprovalsNeeded, TraceView.SeverityCounts Severities, TraceView.Run? LastRun)
{
    public sealed record SeverityCounts(int Low, int Moderate, int High);

    public sealed record Run(Guid RunId, DateTimeOffset RanAt, string Cause, string Policy, int Places, int Contacts, string InputsHash, string ResultHash);
}

/// <summary>A place of a trace.</summary>
public sealed record TracePlace(Guid PlaceId, string Name, string Type, string Ventilation, string Cell, int Contacts, int High, int LongestMinutes);

/// <summary>What became of a decision about a trace.</summary>
public sealed record ReleaseView(Guid CaseId, string Release, string ReleaseClass, int Contacts, int Approvals, int ApprovalsNeeded);

/// <summary>A run that was computed again.</summary>
public sealed record RunVerification(bool InputsKept, bool InputsIntact, bool? Reproduced, bool? VisitsUnchanged);

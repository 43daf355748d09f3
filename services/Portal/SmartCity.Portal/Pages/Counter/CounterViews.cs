namespace SmartCity.Portal.Pages.Counter;

/// <summary>A person's account, as identity answers it to staff.</summary>
public sealed record AssistedPerson(Guid AccountId, bool New);

/// <summary>By which somebody acts for somebody else.</summary>
public sealed record ConsentView(
    Guid Id, Guid PersonId, Guid ProxyId, string? OtherPhone, IReadOnlyList<string> Services, DateTimeOffset GivenAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, bool InForce, string Form);

/// <summary>A registration that somebody else looks at again.</summary>
public sealed record WaitingCheck(Guid AccountId, string Document, DateTimeOffset RegisteredAt);

/// <summary>What a second check came to.</summary>
public sealed record CheckedPerson(string Outcome);

/// <summary>A code on paper.</summary>
public sealed record PrintedCode(Guid CodeId, string Color, DateTimeOffset IssuedAt, DateTimeOffset ColorUntil, DateTimeOffset ValidUntil, DateTimeOffset? RevokedAt);

/// <summary>A slot that somebody may come to.</summary>
public sealed record SlotView(Guid Id, string Service, string ServiceName, string DepartmentName, string Place, DateTimeOffset StartsAt, DateTimeOffset EndsAt, int Capacity, int Remaining);

/// <summary>A place in a slot.</summary>
public sealed record BookingView(Guid Id, Guid SlotId, string ServiceName, string Place, DateTimeOffset StartsAt, DateTimeOffset EndsAt);

/// <summary>What a report may be about.</summary>
public sealed record ReportCategory(string Category, string Name);

/// <summary>A report of the person.</summary>
public sealed record FiledReport(Guid Id, string CategoryName, string State, DateTimeOffset ReceivedAt);

/// <summary>An application of the person.</summary>
public sealed record FiledApplication(Guid Id, string ServiceName, string State, string StageName, DateTimeOffset DueAt);

/// <summary>What a laboratory has on record of a result.</summary>
public sealed record LabReceipt(Guid Id, string ResultNumber, string Outcome, DateTimeOffset SampledAt, DateTimeOffset ReportedAt, DateTimeOffset? WithdrawnAt);

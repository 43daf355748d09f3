using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>For what officers may set a colour by hand. There is no other reason.</summary>
internal enum OverrideReason
{
    /// <summary>An order to stay isolated under the law on infectious diseases.</summary>
    IsolationOrder = 1,

    /// <summary>A doctor diagnosed the illness before a laboratory did.</summary>
    ClinicalDiagnosis = 2,

    /// <summary>Another city reported a case.</summary>
    CaseElsewhere = 3,

    /// <summary>Another city reported a contact.</summary>
    ContactElsewhere = 4,

    /// <summary>Somebody entered the city and is observed.</summary>
    EntryObservation = 5,
}

/// <summary>Two officers set the colour of a few people for a while. Everybody can see that they did; the people concerned are told.</summary>
internal sealed class OverrideOrder
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(14);

    public Guid Id { get; init; }
    public OverrideReason Reason { get; init; }
    public CodeColor Color { get; init; }
    public required Guid[] People { get; init; }

    /// <summary>Its automatic end, exclusive.</summary>
    public DateTimeOffset Until { get; init; }

    public Guid ProposedBy { get; init; }
    public required string Department { get; init; }
    public DateTimeOffset ProposedAt { get; init; }
    public Guid? ApprovedBy { get; private set; }
    public DateTimeOffset? ApprovedAt { get; private set; }
    public Guid? RevokedBy { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Grows with every step, so that of two at the same time one is repeated.</summary>
    public int Revision { get; private set; }

    public bool IsInForce(DateTimeOffset now) => ApprovedAt is not null && RevokedAt is null && now < Until;

    /// <summary>The second officer agrees.</summary>
    /// <returns>Why not, as the code of a problem; null where the order is now in force.</returns>
    public string? Approve(Guid officer, DateTimeOffset now)
    {
        if (officer == ProposedBy) return "override_own_proposal";
        if (RevokedAt is not null) return "override_revoked";
        if (ApprovedAt is not null) return "override_approved_already";
        if (now >= Until) return "override_over";
        (ApprovedBy, ApprovedAt) = (officer, now);
        Revision++;
        return null;
    }

    /// <summary>Any one officer may take it back, before its approval too: giving freedom back takes one person.</summary>
    public void Revoke(Guid officer, DateTimeOffset now)
    {
        (RevokedBy, RevokedAt) = (officer, now);
        Revision++;
    }

    public Guid EvidenceIdOf(Guid person) => StableId.Of(Id, person);

    /// <summary>What it says about a person.</summary>
    public Evidence ToEvidence(Guid person, DateTimeOffset now)
    {
        var evidence = new Evidence
        {
            Id = EvidenceIdOf(person),
            CitizenId = new CitizenId(person),
            Kind = Reason == OverrideReason.IsolationOrder ? EvidenceKind.Isolation : EvidenceKind.OfficerDecision,
            Source = EvidenceSource.HealthCommission,
        };
        evidence.State(now, minutes: null, now, Until, $$"""{"color":"{{Color.ToString().ToLowerInvariant()}}"}""");
        return evidence;
    }
}

/// <summary>What a person is told without asking.</summary>
internal enum NoticeKind
{
    OverrideOrdered = 1,
    OverrideRevoked = 2,
    AppealUpheld = 3,
    AppealDismissed = 4,
}

/// <summary>Something that a person is told.</summary>
internal sealed class Notice
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public CitizenId CitizenId { get; init; }
    public NoticeKind Kind { get; init; }

    /// <summary>The order or appeal.</summary>
    public Guid Reference { get; init; }

    public DateTimeOffset At { get; init; }
}

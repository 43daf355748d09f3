namespace SmartCity.HealthCode.Domain;

internal enum ReleaseState
{
    Draft = 1,

    /// <summary>Decides about a share of the people, or about all.</summary>
    Released = 2,

    /// <summary>Taken back: what was in force before decides again.</summary>
    RolledBack = 3,
}

/// <summary>A policy on its way from draft to the whole city: dry run, two approvals by two other people, release in stages, and back if need be.</summary>
internal sealed class PolicyRelease
{
    /// <summary>How many people other than who drafted it must agree.</summary>
    public const int ApprovalsNeeded = 2;

    public required string Version { get; init; }

    /// <summary>The document, JSON.</summary>
    public required string Document { get; init; }

    public Guid DraftedBy { get; init; }
    public DateTimeOffset DraftedAt { get; init; }
    public ReleaseState State { get; private set; } = ReleaseState.Draft;
    public Guid[] Approvers { get; private set; } = [];

    /// <summary>Share of the people about whom it decides, 0 to 100.</summary>
    public int Percent { get; private set; }

    /// <summary>Districts in which it decides about everybody.</summary>
    public string[] Districts { get; private set; } = [];

    public DateTimeOffset? ReleasedAt { get; private set; }
    public DateTimeOffset? RolledBackAt { get; private set; }

    /// <summary>Grows with every step, so that of two at the same time one is repeated.</summary>
    public int Revision { get; private set; }

    public bool IsApproved => Approvers.Length >= ApprovalsNeeded;

    public bool IsForEverybody => State == ReleaseState.Released && Percent == 100;

    /// <summary>A person agrees.</summary>
    /// <returns>Why not, as the code of a problem; null where it counts.</returns>
    public string? Approve(Guid approver)
    {
        if (State != ReleaseState.Draft) return "policy_not_a_draft";
        if (approver == DraftedBy) return "policy_own_draft";
        if (Approvers.Contains(approver)) return "policy_approved_already";
        Approvers = [.. Approvers, approver];
        Revision++;
        return null;
    }

    /// <summary>The next stage. A stage never takes the policy away from anybody: that is rolling back.</summary>
    /// <returns>Why not, as the code of a problem; null where it was done.</returns>
    public string? Release(int percent, IReadOnlyCollection<string> districts, DateTimeOffset now)
    {
        if (State == ReleaseState.RolledBack) return "policy_rolled_back";
        if (!IsApproved) return "policy_not_approved";
        if (percent < Percent || Districts.Except(districts).Any()) return "policy_stage_smaller";
        (State, Percent, Districts, ReleasedAt) = (ReleaseState.Released, percent, [.. districts.Distinct().Order()], ReleasedAt ?? now);
        Revision++;
        return null;
    }

    /// <summary>Takes it back from everybody, for good: mended, it is a new version.</summary>
    /// <returns>Why not, as the code of a problem; null where it was done.</returns>
    public string? RollBack(DateTimeOffset now)
    {
        if (State != ReleaseState.Released) return "policy_not_released";
        (State, RolledBackAt) = (ReleaseState.RolledBack, now);
        Revision++;
        return null;
    }

    /// <summary>Whether it decides about a person, as far as its stage goes.</summary>
    public bool Covers(CitizenId citizen, string? homeCell) =>
        State == ReleaseState.Released && (Percent == 100 || ShareOf(citizen) < Percent || (District.Of(homeCell) is { } district && Districts.Contains(district)));

    /// <summary>Where a person stands among a hundred: from the part of the pseudonym that is drawn by chance, and the same for every policy.</summary>
    public static int ShareOf(CitizenId citizen)
    {
        Span<byte> bytes = stackalloc byte[16];
        citizen.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return (int)(BitConverter.ToUInt32(bytes[12..]) % 100);
    }
}

/// <summary>
/// Ten by ten cells of the city grid, named by its south-western corner in tenths of a degree: <c>312N1214E</c>. Borders of the real districts are no data of
/// this service.
/// </summary>
internal static class District
{
    /// <summary>Null where the cell is.</summary>
    public static string? Of(string? cell) => cell is { Length: 11 } ? $"{cell[..3]}{cell[4]}{cell[5..9]}{cell[10]}" : null;
}

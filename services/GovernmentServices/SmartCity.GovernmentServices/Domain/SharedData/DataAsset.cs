namespace SmartCity.GovernmentServices.Domain.SharedData;

/// <summary>Data that a department keeps for the city: who has it, on what ground, and who may see it. What it says stands in its entries.</summary>
internal sealed class DataAsset
{
    /// <summary>Version 7 on the city's clock: the order of ids is the order in which they were proposed.</summary>
    public required Guid Id { get; init; }

    /// <summary>Who owns it: proposes its entries and decides about requests for it.</summary>
    public required string Department { get; init; }

    public DataAssetState State { get; private set; } = DataAssetState.Proposed;

    /// <summary>The entry that holds; null until one was accepted. Of two decisions at the same time, the database lets one through.</summary>
    public int? Current { get; private set; }

    public void Accept(DataAssetEntry entry)
    {
        Current = entry.Revision;
        State = entry.Kind == EntryKind.Cancellation ? DataAssetState.Cancelled : DataAssetState.Registered;
    }

    public void Refuse(DataAssetEntry entry)
    {
        if (entry.Kind == EntryKind.Registration) State = DataAssetState.Refused;
    }
}

/// <summary>What is registered about an asset from one moment on: proposed by its owner, decided by somebody else, and certified.</summary>
internal sealed class DataAssetEntry
{
    public required Guid AssetId { get; init; }

    /// <summary>1 for the registration; every change and the cancellation add one.</summary>
    public required int Revision { get; init; }

    public required EntryKind Kind { get; init; }
    public required LocalText Name { get; init; }
    public required LocalText Description { get; init; }
    public required DataSensitivity Sensitivity { get; init; }

    /// <summary>The law or rule on which the data are kept.</summary>
    public required string LegalBase { get; init; }

    public required UpdateFrequency Frequency { get; init; }

    /// <summary>The data set of this service that holds the data; null where they lie with the department.</summary>
    public string? Dataset { get; init; }

    public required Guid ProposedBy { get; init; }
    public required DateTimeOffset ProposedAt { get; init; }
    public required Guid ProposalKey { get; init; }
    public required byte[] RequestHash { get; init; }

    public bool? Accepted { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }
    public string? Reason { get; private set; }

    /// <summary>A signed text (JWS) that says what was registered by whom and when; null unless accepted.</summary>
    public string? Certificate { get; private set; }

    public void Accept(Guid officer, DateTimeOffset now, string certificate) =>
        (Accepted, DecidedBy, DecidedAt, Certificate) = (true, officer, now, certificate);

    public void Refuse(Guid officer, DateTimeOffset now, string reason) => (Accepted, DecidedBy, DecidedAt, Reason) = (false, officer, now, reason);
}

/// <summary>Where an asset stands in the catalogue.</summary>
public enum DataAssetState
{
    /// <summary>Waits for a decision.</summary>
    Proposed,

    /// <summary>In the catalogue.</summary>
    Registered,

    /// <summary>Was not let in.</summary>
    Refused,

    /// <summary>Taken out; its entries stay readable.</summary>
    Cancelled,
}

/// <summary>What an entry does to its asset.</summary>
public enum EntryKind
{
    /// <summary>Puts it into the catalogue.</summary>
    Registration,

    /// <summary>Says something else about it.</summary>
    Change,

    /// <summary>Takes it out.</summary>
    Cancellation,
}

/// <summary>Who may see the data.</summary>
public enum DataSensitivity
{
    /// <summary>Everybody: open data.</summary>
    Public,

    /// <summary>Departments that ask, with a purpose.</summary>
    Internal,

    /// <summary>As internal, and the owner gives a reason with every grant.</summary>
    Restricted,
}

/// <summary>How often data are brought up to date.</summary>
public enum UpdateFrequency
{
    /// <summary>As it happens.</summary>
    Continuous,

    /// <summary>Every day.</summary>
    Daily,

    /// <summary>Every week.</summary>
    Weekly,

    /// <summary>Every month.</summary>
    Monthly,

    /// <summary>Every year.</summary>
    Annual,

    /// <summary>When there is something new.</summary>
    Irregular,
}

namespace SmartCity.PlaceRegistration.Data;

/// <summary>A device of a place that scans without a connection. Its key is derived from its id and the service's secret: no table holds it.</summary>
internal sealed class VenueDevice
{
    public required Guid Id { get; init; }
    public required Guid PlaceId { get; init; }

    /// <summary>The client's key.</summary>
    public required Guid Key { get; init; }

    public required string Name { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Lost or sold: what it says it scanned later is not believed.</summary>
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>A licence plate that passed a checkpoint; who sat behind it may be told later. The plate is sealed, for it leads to a person.</summary>
internal sealed class PlateRead
{
    public required Guid Id { get; init; }
    public required Guid PlaceId { get; init; }
    public required byte[] SealedPlate { get; init; }
    public required byte[] PlateLookup { get; init; }
    public required DateTimeOffset ReadAt { get; init; }
}

/// <summary>A visit from a paper list that somebody is to ask about: whether what was typed in is true.</summary>
internal sealed class TruthSample
{
    public required Guid VisitId { get; init; }
    public required Guid PlaceId { get; init; }

    /// <summary>Who typed it in.</summary>
    public required Guid EnteredBy { get; init; }

    public required DateTimeOffset ArrivedAt { get; init; }
    public required DateTimeOffset SampledAt { get; init; }
    public bool? IsTrue { get; set; }
    public Guid? CheckedBy { get; set; }
    public DateTimeOffset? CheckedAt { get; set; }
}

/// <summary>A place that is nearly full or more.</summary>
internal sealed class CrowdAlert
{
    public Guid PlaceId { get; init; }
    public DateTimeOffset Since { get; init; }
}

/// <summary>A person's health code has changed: what was known before that version is outdated, in every replica.</summary>
internal sealed class ChangedCode
{
    public Guid CitizenId { get; init; }
    public long Version { get; init; }
    public DateTimeOffset HeardAt { get; init; }
}

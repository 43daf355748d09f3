namespace SmartCity.PlaceRegistration.Contracts;

/// <summary>Tracing found that a person was at the same place at the same time as a case.</summary>
/// <param name="ExposureId">The exposure: one per case, contact and place, the same however often tracing runs.</param>
/// <param name="CaseId">The case it follows from.</param>
/// <param name="CitizenId">The contact, by the city's pseudonym.</param>
/// <param name="PlaceId">Where.</param>
/// <param name="Cell">Grid cell of the place.</param>
/// <param name="Minutes">Time together in whole minutes, summed over all stays, at least 1.</param>
/// <param name="From">Start of the first time together, inclusive, UTC.</param>
/// <param name="Until">End of the last time together, exclusive, UTC.</param>
/// <param name="DetectedAt">When tracing found it, UTC; of two events about one exposure the later one holds.</param>
public sealed record ExposureDetected(
    Guid ExposureId, Guid CaseId, Guid CitizenId, Guid PlaceId, string Cell, int Minutes, DateTimeOffset From, DateTimeOffset Until,
    DateTimeOffset DetectedAt);

/// <summary>An exposure no longer holds: its case was withdrawn, or the visits behind it were corrected. May arrive before the detection.</summary>
/// <param name="ExposureId">The exposure.</param>
/// <param name="CaseId">The case it followed from.</param>
/// <param name="CitizenId">The contact, by the city's pseudonym.</param>
/// <param name="Cell">Grid cell of the place.</param>
/// <param name="From">As in the detection.</param>
/// <param name="WithdrawnAt">When, UTC.</param>
public sealed record ExposureWithdrawn(
    Guid ExposureId, Guid CaseId, Guid CitizenId, string Cell, DateTimeOffset From, DateTimeOffset WithdrawnAt);

/// <summary>How many visits began in a grid cell in one hour, so far: a running total, so that repetition and disorder do no harm.</summary>
/// <param name="Cell">Grid cell of the places.</param>
/// <param name="Hour">Start of the hour, UTC.</param>
/// <param name="Visits">Visits that began in this hour, 0 or more.</param>
/// <param name="CountedAt">When they were counted, UTC; the latest count holds.</param>
public sealed record VisitsCounted(string Cell, DateTimeOffset Hour, int Visits, DateTimeOffset CountedAt);

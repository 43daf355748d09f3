namespace SmartCity.PlaceRegistration.Contracts;

/// <summary>Tracing found that a person was at the same place at the same time as a case.</summary>
/// <param name="ExposureId">The exposure: one per case, contact and place, the same however often tracing runs.</param>
/// <param name="CaseId">The case it follows from.</param>
/// <param name="CitizenId">The contact, by the city's pseudonym.</param>
/// <param name="PlaceId">Where.</param>
/// <param name="Cell">Grid cell of the place.</param>
/// <param name="Minutes">Time in the same air in whole minutes, beside the case or shortly after them, summed over all stays, at least 1.</param>
/// <param name="From">Start of the first such time, inclusive, UTC.</param>
/// <param name="Until">End of the last such time, exclusive, UTC.</param>
/// <param name="DetectedAt">When tracing found or released it, UTC; of two events about one exposure the later one holds.</param>
/// <param name="Severity">How severe, by the trace policy; null from publishers that know none.</param>
/// <param name="WeightedMinutes">The minutes weighted by type of place, ventilation, zone and lingering, to a hundredth; the severity goes by them. Null as above.</param>
/// <param name="Policy">Version of the trace policy. Null as above.</param>
public sealed record ExposureDetected(
    Guid ExposureId, Guid CaseId, Guid CitizenId, Guid PlaceId, string Cell, int Minutes, DateTimeOffset From, DateTimeOffset Until,
    DateTimeOffset DetectedAt, ExposureSeverity? Severity = null, double? WeightedMinutes = null, string? Policy = null);

/// <summary>How severe an exposure is, by the thresholds of the trace policy. A consumer treats a value that it does not know as <see cref="Moderate"/>.</summary>
public enum ExposureSeverity
{
    /// <summary>Not said.</summary>
    Unspecified,

    /// <summary>Short or diluted.</summary>
    Low,

    /// <summary>As with a usual close contact.</summary>
    Moderate,

    /// <summary>Long, or in bad air.</summary>
    High,
}

/// <summary>
/// An exposure no longer holds: its case was withdrawn, its trace was recalled, or the visits behind it were corrected. May arrive before the detection.
/// </summary>
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

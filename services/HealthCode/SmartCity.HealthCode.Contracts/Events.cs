namespace SmartCity.HealthCode.Contracts;

/// <summary>The colour of a health code in events. Pages never show it by colour alone.</summary>
public enum CodeColor
{
    /// <summary>A value that this version does not know: treat it as "ask again", never as green.</summary>
    Unspecified = 0,

    /// <summary>Nothing known speaks against moving about.</summary>
    Green = 1,

    /// <summary>Contact with a case, or another reason for care.</summary>
    Yellow = 2,

    /// <summary>A confirmed case, or as the policy says.</summary>
    Red = 3,
}

/// <summary>A person's health code changed its colour.</summary>
/// <param name="CitizenId">The city's pseudonym of the person.</param>
/// <param name="From">The colour before; <see cref="CodeColor.Unspecified"/> at registration.</param>
/// <param name="To">The colour now.</param>
/// <param name="Cell">Grid cell of the person's home (see <c>GridCell</c> of the early-warning contracts); null where unknown.</param>
/// <param name="Version">Grows by one with every change of this person's status; of two events the higher one is newer.</param>
/// <param name="ValidUntil">Until when the colour stands if nothing new becomes known; exclusive, UTC.</param>
/// <param name="ChangedAt">When the decision was made, UTC.</param>
public sealed record HealthCodeChanged(
    Guid CitizenId, CodeColor From, CodeColor To, string? Cell, long Version, DateTimeOffset ValidUntil, DateTimeOffset ChangedAt);

/// <summary>A laboratory's positive result made a person a confirmed case. Places are to be traced for the infectious period.</summary>
/// <param name="CaseId">The case; also the key of every exposure that follows from it.</param>
/// <param name="CitizenId">The city's pseudonym of the person.</param>
/// <param name="Cell">Grid cell of the person's home; null where unknown.</param>
/// <param name="OnsetAt">Onset of symptoms if known, otherwise when the sample was taken, UTC.</param>
/// <param name="InfectiousFrom">Start of the infectious period, inclusive, UTC.</param>
/// <param name="InfectiousUntil">End of the infectious period, exclusive, UTC.</param>
/// <param name="ConfirmedAt">When the result was accepted, UTC.</param>
public sealed record CaseConfirmed(
    Guid CaseId, Guid CitizenId, string? Cell, DateTimeOffset OnsetAt, DateTimeOffset InfectiousFrom, DateTimeOffset InfectiousUntil,
    DateTimeOffset ConfirmedAt);

/// <summary>The result behind a case was withdrawn (a mix-up in the laboratory, say). Everything derived from it is undone. May arrive before the confirmation.</summary>
/// <param name="CaseId">The case that never was.</param>
/// <param name="CitizenId">The city's pseudonym of the person.</param>
/// <param name="Cell">As in the confirmation.</param>
/// <param name="OnsetAt">As in the confirmation.</param>
/// <param name="WithdrawnAt">When it was withdrawn, UTC.</param>
public sealed record CaseWithdrawn(Guid CaseId, Guid CitizenId, string? Cell, DateTimeOffset OnsetAt, DateTimeOffset WithdrawnAt);

/// <summary>A person contested an exposure, and an officer found them right: they were not there. It is to be taken back everywhere, and not to be found again.</summary>
/// <param name="ExposureId">The exposure, as place registration told of it.</param>
/// <param name="CitizenId">The city's pseudonym of the person.</param>
/// <param name="RefutedAt">When the appeal was decided, UTC.</param>
public sealed record ExposureRefuted(Guid ExposureId, Guid CitizenId, DateTimeOffset RefutedAt);

/// <summary>A person declared symptoms, or corrected what they declared. Which ones, and who, is nobody's business.</summary>
/// <param name="DeclarationId">The declaration; the same in a correction.</param>
/// <param name="Cell">Grid cell of the person's home; null where unknown.</param>
/// <param name="DeclaredAt">When, UTC.</param>
public sealed record SymptomsDeclared(Guid DeclarationId, string? Cell, DateTimeOffset DeclaredAt);

/// <summary>A person's temperature was taken, by a venue or by themselves.</summary>
/// <param name="ReadingId">The reading.</param>
/// <param name="Cell">Grid cell of the person's home; null where unknown.</param>
/// <param name="Fever">Whether it was 37.3 °C or more.</param>
/// <param name="TakenAt">When, UTC.</param>
public sealed record TemperatureTaken(Guid ReadingId, string? Cell, bool Fever, DateTimeOffset TakenAt);

/// <summary>
/// How many people of a cell hold which colour: a running total, of which the latest holds. A count below 5 is published as 0, so that no cell points at a person.
/// </summary>
/// <param name="Cell">Grid cell of the homes.</param>
/// <param name="Green">Green codes; 0 where there are fewer than 5.</param>
/// <param name="Yellow">Yellow codes; 0 where there are fewer than 5.</param>
/// <param name="Red">Red codes; 0 where there are fewer than 5.</param>
/// <param name="CountedAt">When, UTC.</param>
public sealed record CodesCounted(string Cell, int Green, int Yellow, int Red, DateTimeOffset CountedAt);

namespace SmartCity.HealthCode.Contracts;

/// <summary>A person's temperature was taken.</summary>
/// <param name="ReadingId">The reading; the same when the event is repeated.</param>
/// <param name="Cell">Grid cell of the home; null where none is known.</param>
/// <param name="Fever">Whether it was a fever by the policy in force.</param>
/// <param name="TakenAt">When, UTC.</param>
public sealed record TemperatureTaken(Guid ReadingId, string? Cell, bool Fever, DateTimeOffset TakenAt);

namespace SmartCity.HealthCode.Contracts;

/// <summary>A person declared symptoms. Which, and who, is nobody else's matter: only that it happened, and where.</summary>
/// <param name="DeclarationId">The declaration; the same when the event is repeated.</param>
/// <param name="Cell">Grid cell of the home; null where none is known.</param>
/// <param name="DeclaredAt">When, UTC.</param>
public sealed record SymptomsDeclared(Guid DeclarationId, string? Cell, DateTimeOffset DeclaredAt);

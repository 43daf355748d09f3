namespace SmartCity.HealthCode.Domain;

/// <summary>The city's pseudonym of a person: what events and visits hold. Not the account, which belongs to identity.</summary>
internal readonly record struct CitizenId(Guid Value);

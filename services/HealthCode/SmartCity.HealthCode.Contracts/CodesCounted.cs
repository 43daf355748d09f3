namespace SmartCity.HealthCode.Contracts;

/// <summary>
/// How many people of a cell hold which colour: a running total, of which the latest holds. A count below 5 is published as 0, so that no cell points at a person.
/// </summary>
/// <param name="Cell">Grid cell of the homes.</param>
/// <param name="Green">Green codes; 0 where there are fewer than 5.</param>
/// <param name="Yellow">Yellow codes; 0 where there are fewer than 5.</param>
/// <param name="Red">Red codes; 0 where there are fewer than 5.</param>
/// <param name="CountedAt">When, UTC.</param>
public sealed record CodesCounted(string Cell, int Green, int Yellow, int Red, DateTimeOffset CountedAt);

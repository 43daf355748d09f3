using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>
/// The level of risk of a cell of the city, proposed by early warning and decided by an officer. It is evidence about everybody who lives there, and
/// about everybody who declared a trip there at that time.
/// </summary>
internal sealed class AreaRiskLevel
{
    /// <summary>Id of the proposal.</summary>
    public Guid Id { get; init; }

    public required string Cell { get; init; }
    public AreaRisk Level { get; init; }

    /// <summary>What the proposal rests on, in early warning's words.</summary>
    public required string Ground { get; init; }

    public DateTimeOffset ProposedAt { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset ValidUntil { get; init; }

    public DateTimeOffset? DecidedAt { get; private set; }

    /// <summary>The officer's account.</summary>
    public Guid? DecidedBy { get; private set; }

    public bool Accepted { get; private set; }
    public DateTimeOffset? WithdrawnAt { get; private set; }

    public bool Holds => Accepted && WithdrawnAt is null;

    public void Decide(bool accepted, Guid officer, DateTimeOffset now) => (Accepted, DecidedBy, DecidedAt) = (accepted, officer, now);

    public void Withdraw(DateTimeOffset now) => WithdrawnAt ??= now;

    /// <summary>The cells whose level matters to a person: where they live, and where they were.</summary>
    public static string[] CellsOf(string? homeCell, IEnumerable<Evidence> evidence) =>
        [.. evidence.Select(Trip.Of).OfType<Trip>().Select(trip => trip.Cell).Append(homeCell).OfType<string>().Distinct()];

    /// <summary>What it says about a person; null where it does not concern them.</summary>
    public Evidence? AsEvidenceAbout(CitizenId citizen, string? homeCell, IEnumerable<Evidence> evidence)
    {
        if (!Holds || DecidedAt is not { } since || ValidUntil <= since) return null;
        var level = Level.ToString().ToLowerInvariant();
        var fact = new Evidence { Id = Id, CitizenId = citizen, Kind = EvidenceKind.AreaRisk, Source = EvidenceSource.EarlyWarning };
        if (homeCell == Cell)
        {
            fact.State(since, minutes: null, since, ValidUntil, $$"""{"level":"{{level}}","via":"home"}""");
            return fact;
        }

        var stays = evidence.Select(Trip.Of).OfType<Trip>().Where(trip => trip.Cell == Cell && trip.From < ValidUntil && trip.Until > since).ToArray();
        if (stays.Length == 0) return null;
        var (from, left) = (stays.Min(trip => trip.From), stays.Max(trip => trip.Until));
        if (from < since) from = since;
        if (left > ValidUntil) left = ValidUntil;
        fact.State(from, minutes: null, since, until: null, $$"""{"level":"{{level}}","via":"trip","leftAt":"{{left.UtcDateTime:O}}"}""");
        return fact;
    }
}

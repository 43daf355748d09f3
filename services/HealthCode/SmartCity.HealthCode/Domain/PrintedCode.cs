using SmartCity.HealthCode.Contracts;

namespace SmartCity.HealthCode.Domain;

/// <summary>
/// A code on paper or a card: it says the colour of the day on which it was printed, and after that whom to look up. Its signature is made anew
/// whenever it is drawn; its id, by which it is revoked, stays.
/// </summary>
internal sealed class PrintedCode
{
    public Guid CodeId { get; init; }

    /// <summary>Null once the person's data are erased: the id alone stays on the list of the revoked.</summary>
    public CitizenId? CitizenId { get; set; }

    public Guid IdempotencyKey { get; init; }
    public CodeColor Color { get; init; }
    public DateTimeOffset IssuedAt { get; init; }

    /// <summary>End of the colour, excluded.</summary>
    public DateTimeOffset ColorUntil { get; init; }

    /// <summary>End of the code, excluded.</summary>
    public DateTimeOffset ValidUntil { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    public bool IsInForce(DateTimeOffset now) => RevokedAt is null && now < ValidUntil;
}

namespace SmartCity.Identity.Domain;

/// <summary>A TOTP code that has been accepted: it is not accepted again (RFC 6238 §5.2) while Identity would still take it.</summary>
internal sealed record SpentTotp(Guid AccountId, string Code, DateTimeOffset SpentAt)
{
    /// <summary>Longer than Identity's window of two steps of 30 seconds to both sides.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
}

using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Consents;

/// <summary>A consent as either of the two sees it.</summary>
/// <param name="Id">The subject token of the proxy's token exchange.</param>
/// <param name="OtherPhone">The other one's phone, but for its last digits.</param>
/// <param name="InForce">Neither revoked nor expired.</param>
/// <param name="Form">How it came about.</param>
internal sealed record ConsentView(
    Guid Id, Guid PersonId, Guid ProxyId, string? OtherPhone, IReadOnlyList<string> Services,
    DateTimeOffset GivenAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, bool InForce, ConsentForm Form)
{
    public static ConsentView Of(Consent consent, Account other, PersonalData personalData, DateTimeOffset now) => new(
        consent.Id, consent.PersonId, consent.ProxyId, other.MaskedPhone(personalData), consent.Services,
        consent.GivenAt, consent.ExpiresAt, consent.RevokedAt, consent.IsInForce(now), consent.Form);

    public static async Task<ConsentView> OfAsync(
        IdentityDb db, Consent consent, Guid viewer, PersonalData personalData, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var otherId = consent.PersonId == viewer ? consent.ProxyId : consent.PersonId;
        return Of(consent, await db.Accounts.SingleAsync(account => account.Id == otherId, cancellationToken), personalData, now);
    }
}

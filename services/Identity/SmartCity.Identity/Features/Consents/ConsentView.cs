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
    public static ConsentView Example { get; } = new(
        Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), Guid.Parse("0199c1c0-11aa-7bb2-93cc-44dd55ee66ff"), Guid.Parse("0199c1ca-2f6d-7c11-8d35-64f0b7a9e2c1"), "+86****0002", ["health-code"],
        new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero).AddDays(30), null, true, ConsentForm.Own);

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

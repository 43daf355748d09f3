using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.People;

/// <summary>How a code that was sent is tried and used up.</summary>
internal static class PhoneCodes
{
    /// <summary>Counts a try and compares. Counted before the code is looked at, and by the database, so that tries side by side count too.</summary>
    /// <returns>The code, where it is right; null otherwise.</returns>
    public static async Task<PhoneCode?> TryAsync(
        IdentityDb db, byte[] phoneHash, string code, PersonalData personalData, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sent = await db.PhoneCodes.AsNoTracking().Where(one => one.PhoneHash == phoneHash).OrderByDescending(one => one.SentAt).FirstOrDefaultAsync(cancellationToken);
        if (sent is null) return null;
        var counted = await db.PhoneCodes
            .Where(one => one.Id == sent.Id && one.UsedAt == null && one.ExpiresAt > now && one.Tries < PhoneCode.MaxTries)
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.Tries, one => one.Tries + 1), cancellationToken);
        return counted == 1 && sent.Matches(code, personalData) ? sent : null;
    }

    /// <summary>Uses it up.</summary>
    /// <returns>False where somebody else just did.</returns>
    public static async Task<bool> UseAsync(IdentityDb db, PhoneCode sent, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db.PhoneCodes.Where(one => one.Id == sent.Id && one.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.UsedAt, now), cancellationToken) == 1;
}

using Microsoft.AspNetCore.Identity;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Domain;

/// <summary>Somebody whom the city knows: a person by their phone, or staff by their user name. Password, lockout and TOTP are ASP.NET Core Identity's.</summary>
internal sealed class Account : IdentityUser<Guid>
{
    /// <summary>Values of <see cref="ServiceDefaults.Roles"/>.</summary>
    public string[] Roles { get; private init; } = [];

    public string? Department { get; private init; }

    /// <summary>Finds the account by its phone; null for staff.</summary>
    public byte[]? PhoneHash { get; private init; }

    /// <summary>The phone itself, to show its owner a masked form.</summary>
    public byte[]? PhoneSealed { get; private init; }

    public byte[]? TotpSecretSealed { get; set; }

    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>From then on nobody signs in with it; records keep naming it.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Whether it is a person's and not staff's.</summary>
    public bool IsPerson => Roles.Contains(ServiceDefaults.Roles.Citizen);

    public static Account OfPhone(Phone phone, PersonalData personalData, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7();
        return new Account
        {
            Id = id,
            // Identity wants a name; the account's id says nothing about the person.
            UserName = id.ToString(),
            NormalizedUserName = id.ToString().ToUpperInvariant(),
            SecurityStamp = Guid.NewGuid().ToString(),
            Roles = [ServiceDefaults.Roles.Citizen],
            PhoneHash = personalData.Lookup(phone.Value),
            PhoneSealed = personalData.Seal(phone.Value, id),
            CreatedAt = now,
        };
    }

    /// <summary>Of somebody who cannot sign in: others act for them by consent.</summary>
    public static Account WithoutPhone(DateTimeOffset now)
    {
        var id = Guid.CreateVersion7();
        return new Account
        {
            Id = id,
            UserName = id.ToString(),
            NormalizedUserName = id.ToString().ToUpperInvariant(),
            SecurityStamp = Guid.NewGuid().ToString(),
            Roles = [ServiceDefaults.Roles.Citizen],
            CreatedAt = now,
        };
    }

    public static Account OfStaff(string userName, string[] roles, string? department, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        UserName = userName,
        Roles = roles,
        Department = department,
        CreatedAt = now,
    };

    public string? MaskedPhone(PersonalData personalData) =>
        PhoneSealed is null ? null : Phone.Parse(personalData.Open(PhoneSealed, Id)).Masked;
}

using System.Security.Cryptography;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Domain;

/// <summary>
/// A person whom the city knows by ID number: by registration, or from a laboratory that reported about somebody who has not registered yet.
/// What identifies them is sealed; nothing here is searched but the keyed hash of the number.
/// </summary>
internal sealed class Citizen
{
    public CitizenId Id { get; init; }
    public required byte[] NumberLookup { get; init; }

    /// <summary>The person's own key, sealed with the service's; destroyed with the person. Null for whoever was met before there were such keys.</summary>
    public byte[]? WrappedKey { get; private set; }

    public required byte[] SealedNumber { get; set; }
    public required CitizenCode Code { get; init; }

    /// <summary>1970 for the seventies; null for who was met before it was kept. Lets the effect of a policy be counted by age.</summary>
    public short? BirthDecade { get; set; }

    /// <summary>Null until the person registers, as everything below.</summary>
    public Guid? AccountId { get; set; }

    public DateTimeOffset? RegisteredAt { get; set; }
    public byte[]? SealedName { get; private set; }
    public byte[]? SealedPhone { get; private set; }

    /// <summary>Grid cell of the home, which is all that is kept of where it lies.</summary>
    public string? HomeCell { get; set; }

    /// <summary>Somebody whom the city has not met before.</summary>
    public static Citizen Meet(CitizenNumber number, PersonalData personalData, DateTimeOffset now)
    {
        var id = new CitizenId(Guid.CreateVersion7(now));
        var citizen = new Citizen
        {
            Id = id,
            NumberLookup = personalData.Lookup(number.Text),
            SealedNumber = [],
            BirthDecade = number.BirthDecade,
            Code = new CitizenCode { CitizenId = id },
        };
        citizen.Identify(number, name: null, phone: null, personalData);
        return citizen;
    }

    /// <summary>Keeps who the person is, sealed with their own key.</summary>
    public void Identify(CitizenNumber number, string? name, string? phone, PersonalData personalData)
    {
        WrappedKey ??= personalData.Seal(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Id.Value);
        var own = OwnKey(personalData);
        SealedNumber = own.Seal(number.Text, Id.Value);
        SealedName = name is null ? null : own.Seal(name, Id.Value);
        SealedPhone = phone is null ? null : own.Seal(phone, Id.Value);
    }

    /// <summary>Opens one of the person's sealed values.</summary>
    public string Open(byte[] sealedValue, PersonalData personalData) => OwnKey(personalData).Open(sealedValue, Id.Value);

    private PersonalData OwnKey(PersonalData personalData) => WrappedKey is { } wrapped ? new PersonalData(personalData.Open(wrapped, Id.Value)) : personalData;
}

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
    public required byte[] SealedNumber { get; init; }
    public required CitizenCode Code { get; init; }

    /// <summary>1970 for the seventies; null for who was met before it was kept. Lets the effect of a policy be counted by age.</summary>
    public short? BirthDecade { get; set; }

    /// <summary>Null until the person registers, as everything below.</summary>
    public Guid? AccountId { get; set; }

    public DateTimeOffset? RegisteredAt { get; set; }
    public byte[]? SealedName { get; set; }
    public byte[]? SealedPhone { get; set; }

    /// <summary>Grid cell of the home, which is all that is kept of where it lies.</summary>
    public string? HomeCell { get; set; }

    /// <summary>Somebody whom the city has not met before.</summary>
    public static Citizen Meet(CitizenNumber number, PersonalData personalData, DateTimeOffset now)
    {
        var id = new CitizenId(Guid.CreateVersion7(now));
        return new Citizen
        {
            Id = id,
            NumberLookup = personalData.Lookup(number.Text),
            SealedNumber = personalData.Seal(number.Text, id.Value),
            BirthDecade = number.BirthDecade,
            Code = new CitizenCode { CitizenId = id },
        };
    }
}

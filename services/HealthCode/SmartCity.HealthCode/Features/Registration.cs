using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>What the city knows of a person, as it shows it to them.</summary>
/// <param name="CitizenId">The pseudonym under which the city's departments speak of the person.</param>
/// <param name="Name">As registered.</param>
/// <param name="CitizenNumber">The ID number with its middle hidden.</param>
/// <param name="RegisteredAt">When, UTC.</param>
/// <param name="Phone">The phone number with its middle hidden.</param>
/// <param name="HomeCell">The cell of the city grid that the home lies in; the position itself is not kept.</param>
internal sealed record Registration(Guid CitizenId, string Name, string CitizenNumber, DateTimeOffset RegisteredAt, string? Phone = null, string? HomeCell = null)
{
    public static Registration Example { get; } = new(
        Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), "王芳", "310***********0012", new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero), "1******0001", "3123N12147E");

    public static Registration Of(Citizen citizen, PersonalData personalData)
    {
        var number = citizen.Open(citizen.SealedNumber, personalData);
        return new Registration(
            citizen.Id.Value,
            // A registered person has a name and a time of registration.
            citizen.Open(citizen.SealedName!, personalData),
            Masked(number, 3),
            citizen.RegisteredAt!.Value,
            citizen.SealedPhone is { } phone ? Masked(citizen.Open(phone, personalData), 1) : null,
            citizen.HomeCell);
    }

    /// <summary>The first few and the last four characters.</summary>
    private static string Masked(string text, int first) => $"{text[..first]}{new string('*', text.Length - first - 4)}{text[^4..]}";
}

namespace SmartCity.GovernmentServices.Domain.Applications;

/// <summary>What the city's register of persons says about somebody: read with their consent, so that they need not write it again.</summary>
internal sealed record PersonalFacts(string Name, string CitizenNumber, string Phone, DateOnly BirthDate, string Sex, string HomeCell)
{
    /// <summary>The names by which fields of forms and conditions ask for a fact.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["person.name", "person.citizenNumber", "person.phone", "person.birthDate", "person.sex", "person.homeCell"];

    /// <summary>The fact; null where the register does not have it.</summary>
    public string? Of(string name) => name switch
    {
        "person.name" => Name,
        "person.citizenNumber" => CitizenNumber,
        "person.phone" => Phone is "" ? null : Phone,
        "person.birthDate" => BirthDate.ToString("O"),
        "person.sex" => Sex,
        "person.homeCell" => HomeCell is "" ? null : HomeCell,
        _ => null,
    };

    /// <summary>Whole years, by the calendar of the day.</summary>
    public int AgeOn(DateOnly day) => day.Year - BirthDate.Year - (day < BirthDate.AddYears(day.Year - BirthDate.Year) ? 1 : 0);
}

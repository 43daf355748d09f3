namespace SmartCity.GovernmentServices.Domain;

/// <summary>What a person let the city use to see whether they may book: asked once from the health code's registration, kept without name or number.</summary>
internal sealed class BookingFacts
{
    public required Guid AccountId { get; init; }

    /// <summary>Birth date and cell of the home, sealed.</summary>
    public required byte[] Sealed { get; set; }

    /// <summary>For counting who got what.</summary>
    public required string AgeBand { get; set; }

    public required DateTimeOffset AgreedAt { get; set; }

    /// <summary>Four bands are enough to see whether old people get their share.</summary>
    public static string BandOf(int age) => age switch { < 18 => "0-17", < 60 => "18-59", < 80 => "60-79", _ => "80+" };

    public static int AgeOf(DateOnly birth, DateOnly today) => today.Year - birth.Year - (birth > today.AddYears(birth.Year - today.Year) ? 1 : 0);
}

using System.ComponentModel.DataAnnotations;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>How the city signs its warnings and what it warns of; the configuration's section <c>Warnings</c>.</summary>
internal sealed class WarningOptions
{
    /// <summary>CAP's sender: no spaces, commas, &lt; or &amp;.</summary>
    [Required, RegularExpression("[^\\s,<&]+")]
    public string Sender { get; init; } = "";

    [Required]
    public CityNames CityName { get; init; } = new("", "");

    /// <summary>What may be warned of.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<Hazard> Hazards { get; init; } = [];

    /// <summary>Public keys of other cities whose signed alerts are taken as theirs: SubjectPublicKeyInfo in Base64.</summary>
    public IReadOnlyList<string> TrustedKeys { get; init; } = [];

    public Hazard? HazardOf(string name) => Hazards.FirstOrDefault(hazard => hazard.Name == name);

    /// <param name="En">What English texts call the city.</param>
    /// <param name="Zh">What Chinese texts call it.</param>
    internal sealed record CityNames([Required] string En, [Required] string Zh);

    /// <param name="Name">What the API calls it.</param>
    /// <param name="Category">CAP 1.2 category.</param>
    /// <param name="En">What English texts call it.</param>
    /// <param name="Zh">What Chinese texts call it.</param>
    internal sealed record Hazard(string Name, string Category, string En, string Zh);
}

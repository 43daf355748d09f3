using System.ComponentModel.DataAnnotations;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>How the city signs its warnings; the configuration's section <c>Warnings</c>.</summary>
internal sealed class WarningOptions
{
    /// <summary>CAP's sender: no spaces, commas, &lt; or &amp;.</summary>
    [Required, RegularExpression("[^\\s,<&]+")]
    public string Sender { get; init; } = "";

    [Required]
    public CityNames CityName { get; init; } = new("", "");

    /// <param name="En">What English texts call the city.</param>
    /// <param name="Zh">What Chinese texts call it.</param>
    internal sealed record CityNames([Required] string En, [Required] string Zh);
}

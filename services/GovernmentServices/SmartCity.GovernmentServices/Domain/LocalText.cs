using System.Globalization;

namespace SmartCity.GovernmentServices.Domain;

/// <summary>A text in both languages of the city.</summary>
/// <param name="Zh">Simplified Chinese.</param>
/// <param name="En">English.</param>
public sealed record LocalText(string Zh, string En)
{
    // By its name: without ICU a culture does not know its language.
    internal string In(CultureInfo language) => language.Name.StartsWith("zh", StringComparison.Ordinal) ? Zh : En;
}

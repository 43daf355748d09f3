using System.Globalization;

namespace SmartCity.GovernmentServices.Domain;

/// <summary>A text in both languages of the city.</summary>
/// <param name="Zh">Simplified Chinese.</param>
/// <param name="En">English.</param>
public sealed record LocalText(string Zh, string En)
{
    internal string In(CultureInfo language) => language.TwoLetterISOLanguageName == "zh" ? Zh : En;
}

using System.Globalization;
using System.Resources;

namespace SmartCity.GovernmentServices.Features;

/// <summary>What our own closed lists are called, in the language of the request: <c>Resources/Texts.resx</c> and its zh-CN sister.</summary>
internal static class Texts
{
    private static readonly ResourceManager Resources = new("SmartCity.GovernmentServices.Resources.Texts", typeof(Texts).Assembly);

    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => Of($"{typeof(TEnum).Name}.{value}");

    /// <summary>For texts that the service itself writes in both languages.</summary>
    public static string In(string key, CultureInfo language) => Resources.GetString(key, language) ?? key;

    public static string Of(string key) => In(key, CultureInfo.CurrentUICulture);
}

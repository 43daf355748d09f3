using System.Globalization;
using System.Resources;

namespace SmartCity.HealthCode.Features;

/// <summary>What our own closed lists are called, in the language of the request: <c>Resources/Texts.resx</c> and its zh-CN sister.</summary>
internal static class Texts
{
    private static readonly ResourceManager Resources = new("SmartCity.HealthCode.Resources.Texts", typeof(Texts).Assembly);

    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => Of(value, CultureInfo.CurrentUICulture);

    public static string Of<TEnum>(TEnum value, CultureInfo language) where TEnum : struct, Enum => Of($"{typeof(TEnum).Name}.{value}", language);

    public static string Of(string key, CultureInfo language) => Resources.GetString(key, language) ?? key;
}

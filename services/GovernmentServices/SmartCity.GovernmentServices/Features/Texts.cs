using System.Globalization;
using System.Resources;

namespace SmartCity.GovernmentServices.Features;

/// <summary>What our own closed lists are called, in the language of the request: <c>Resources/Texts.resx</c> and its zh-CN sister.</summary>
internal static class Texts
{
    private static readonly ResourceManager Resources = new("SmartCity.GovernmentServices.Resources.Texts", typeof(Texts).Assembly);

    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => Of($"{typeof(TEnum).Name}.{value}");

    public static string Of(string key) => Resources.GetString(key, CultureInfo.CurrentUICulture) ?? key;
}

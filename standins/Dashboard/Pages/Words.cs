using System.Globalization;
using System.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SmartCity.Dashboard.Pages;

/// <summary>The pages' words in the reader's language: the one chosen, else the browser's, else English.</summary>
internal sealed class Words(IHttpContextAccessor context)
{
    public const string Cookie = "dashboard-language";

    public static readonly string[] Languages = ["zh-CN", "en"];

    private static readonly ResourceManager s_texts = new("SmartCity.Dashboard.Resources.Texts", typeof(Words).Assembly);

    private readonly CultureInfo _culture = CultureInfo.GetCultureInfo(LanguageOf(context.HttpContext!.Request));

    public string Language => _culture.Name;

    public string this[string key] => s_texts.GetString(key, _culture) ?? throw new InvalidOperationException($"There is no text '{key}'.");

    public string this[string key, params object[] values] => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>The text for a value of an open set, or the value itself.</summary>
    public string Of(string set, string value) => s_texts.GetString($"{set}.{value}", _culture) ?? value;

    private static string LanguageOf(HttpRequest request)
    {
        if (request.Cookies[Cookie] is { } chosen && Languages.Contains(chosen)) return chosen;
        var wishes = StringWithQualityHeaderValue.TryParseList([.. request.Headers.AcceptLanguage.OfType<string>()], out var parsed) ? parsed : [];
        var first = wishes.OrderByDescending(wish => wish.Quality ?? 1).Select(wish => wish.Value.ToString())
            .FirstOrDefault(wish => wish.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || wish.StartsWith("en", StringComparison.OrdinalIgnoreCase));
        return first?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? "zh-CN" : "en";
    }
}

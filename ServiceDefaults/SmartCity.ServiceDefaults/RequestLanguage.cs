using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SmartCity.ServiceDefaults;

/// <summary>The language of the answer, from <c>Accept-Language</c> (RFC 9110 §12.5.4): any kind of Chinese is Simplified Chinese; otherwise English.</summary>
internal static class RequestLanguage
{
    private const int MostEntriesRead = 10;

    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");

    public static void UseRequestLanguage(this WebApplication app) => app.Use((context, next) =>
    {
        CultureInfo.CurrentUICulture = Of(context.Request);
        return next(context);
    });

    private static CultureInfo Of(HttpRequest request)
    {
        var header = request.Headers.AcceptLanguage;
        if (header.Count == 0 || !StringWithQualityHeaderValue.TryParseList(header, out var wanted)) return English;

        var best = wanted.Take(MostEntriesRead)
            .Where(entry => entry.Quality != 0 && (Is(entry, "zh") || Is(entry, "en")))
            .MaxBy(entry => entry.Quality ?? 1);
        return best is not null && Is(best, "zh") ? Chinese : English;
    }

    private static bool Is(StringWithQualityHeaderValue entry, string language) =>
        entry.Value.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (entry.Value.Length == language.Length || entry.Value.Value![language.Length] == '-');
}

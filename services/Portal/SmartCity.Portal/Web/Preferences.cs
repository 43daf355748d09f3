using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Web;

/// <summary>The language and the size of print that somebody chose on this device. Both live in cookies, so that they also hold for who is not signed in.</summary>
internal static class Preferences
{
    private const string LanguageCookie = "language";
    private const string PrintCookie = "print";
    private const string Large = "large";

    private static readonly string[] Languages = ["zh-CN", "en"];
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>Whether the page is in Chinese. By name: services run without the data of cultures.</summary>
    public static bool IsChinese => CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.Ordinal);

    public static bool LargePrint(this HttpContext context) => context.Request.Cookies[PrintCookie] == Large;

    /// <summary>A chosen language takes the place of the browser's, for the pages and for the services that they ask.</summary>
    public static void UseChosenLanguage(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Cookies[LanguageCookie] is { } language && Languages.Contains(language)) context.Request.Headers.AcceptLanguage = language;
        context.Response.Headers.Append(HeaderNames.Vary, $"{HeaderNames.AcceptLanguage}, {HeaderNames.Cookie}");
        return next(context);
    });

    public static void Map(WebApplication app) => app.MapPost("/preferences", Choose).ExcludeFromDescription().AllowEveryone();

    private static RedirectHttpResult Choose(HttpContext context, [FromForm] string? language, [FromForm] string? print, [FromForm] string? back)
    {
        var cookie = new CookieOptions { HttpOnly = true, SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax, Secure = context.Request.IsHttps, MaxAge = Kept, Path = "/" };
        if (language is not null && Languages.Contains(language)) context.Response.Cookies.Append(LanguageCookie, language, cookie);
        if (print is not null) context.Response.Cookies.Append(PrintCookie, print == Large ? Large : "normal", cookie);
        return TypedResults.LocalRedirect(LocalPath.Or(back, "/"));
    }
}

/// <summary>Where to go on after something is done: only to a page of the portal, whatever the address says.</summary>
internal static class LocalPath
{
    public static string Or(string? path, string otherwise) =>
        path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : otherwise;
}

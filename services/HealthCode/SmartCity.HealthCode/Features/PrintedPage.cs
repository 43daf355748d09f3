using System.Globalization;
using System.Net;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>A sheet to print and cut, in both languages; the colour stands in words.</summary>
internal static class PrintedPage
{
    private static readonly CultureInfo[] Languages = [CultureInfo.GetCultureInfo("zh-CN"), CultureInfo.GetCultureInfo("en")];

    public static string Html(string name, PrintedCode code, string text) => $$"""
        <!DOCTYPE html>
        <html lang="zh-CN">
        <head>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>{{Texts.Of("Printed.Title", Languages[0])}} · {{Texts.Of("Printed.Title", Languages[1])}}</title>
        <style>
        body { font: 14pt/1.5 "Noto Sans CJK SC", sans-serif; margin: 10mm; color: #000; background: #fff }
        main { border: 1pt dashed #000; padding: 6mm; width: 150mm; page-break-inside: avoid }
        svg { width: 60mm; height: 60mm }
        h1 { font-size: 20pt; margin: 0 } .name { font-size: 18pt }
        </style>
        </head>
        <body>
        <main>
        <h1>{{Texts.Of("Printed.Title", Languages[0])}} <span lang="en">{{Texts.Of("Printed.Title", Languages[1])}}</span></h1>
        <p class="name">{{WebUtility.HtmlEncode(name)}}</p>
        {{QrPicture.Svg(text)}}
        {{string.Concat(Languages.Select(language => Paragraph(code, language)))}}
        </main>
        </body>
        </html>
        """;

    private static string Paragraph(PrintedCode code, CultureInfo language)
    {
        var lines = string.Format(
            language, Texts.Of("Printed.Lines", language), Texts.Of(code.Color, language), Spoken.Time(code.ColorUntil, language), Spoken.Time(code.ValidUntil, language));
        return $"<p lang=\"{language.Name}\">{WebUtility.HtmlEncode(lines)}</p>\n";
    }
}

using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using QRCoder;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Certificates;

namespace SmartCity.GovernmentServices.Features.Certificates;

/// <summary>Pages for people: plain HTML in large print, made here, without any script; a screen reader reads them from top to bottom.</summary>
internal static class CertificatePages
{
    // Chinese stays readable in the source; what could end a text or begin a tag does not.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private const string Style = """
        body{font:1.25rem/1.6 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
        dt{font-weight:bold;margin-top:.6rem}dd{margin:0}textarea{width:100%;font-size:1rem}button{font:inherit;padding:.5rem 1.5rem}
        svg{width:11cm;height:11cm}.verdict{border:3px solid;padding:.5rem 1rem;font-weight:bold}@media print{.screen{display:none}}
        """;

    public static IResult Print(
        HttpResponse response, Certificate certificate, LocalText name, string department, string presentation, Func<string, string> nameOf, DateTimeOffset now)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(presentation, QRCodeGenerator.ECCLevel.L);
        var body = new StringBuilder()
            .Append($"<h1>{Encode(name.Zh)}<br><span lang=\"en\">{Encode(name.En)}</span></h1><dl>")
            .Append(Row(Texts.Of("Page.Number"), certificate.Number))
            .Append(Row(Texts.Of("Page.Issuer"), department))
            .Append(Row(Texts.Of("Page.ValidFrom"), Day(certificate.IssuedAt)));
        if (certificate.ValidUntil is { } end) body.Append(Row(Texts.Of("Page.ValidUntil"), Day(end)));
        body.Append(Row(Texts.Of("Page.State"), Texts.Of(certificate.StateAt(now))));
        foreach (var (claim, value) in CertificateCredential.Claims(presentation)) body.Append(Row(nameOf(claim), Shown(value)));
        // Read aloud, the code says nothing: the text beside it says what it is for.
        body.Append($"</dl><figure role=\"img\" aria-label=\"{Encode(Texts.Of("Page.Code"))}\">{new SvgQRCode(data).GetGraphic(4)}</figure><p>{Encode(Texts.Of("Page.HowToVerify"))}</p>");
        return Page(response, name.In(CultureInfo.CurrentUICulture), body.ToString(), isPublic: false);
    }

    /// <summary>Sentences for people to read or have read to them, one below the other.</summary>
    public static IResult LargePrint(HttpResponse response, IEnumerable<string> sentences) =>
        Page(response, Texts.Of("Page.ReadAloud"), $"<h1>{Encode(Texts.Of("Page.ReadAloud"))}</h1>{string.Concat(sentences.Select(sentence => $"<p>{Encode(sentence)}</p>"))}", isPublic: false);

    public static IResult AskForCode(HttpResponse response) => Page(response, Texts.Of("Page.VerifyTitle"), Form(), isPublic: true);

    public static IResult Finding(HttpResponse response, CertificateCheck check)
    {
        var body = new StringBuilder($"<p class=\"verdict\" role=\"status\">{Encode(Texts.Of(check.Verdict))}</p>");
        if (check is { Statement: { } statement, Claims: { } claims })
        {
            body.Append("<dl>")
                .Append(Row(Texts.Of("Page.Number"), statement.Number))
                .Append(Row(Texts.Of("Page.Type"), statement.Type))
                .Append(Row(Texts.Of("Page.Issuer"), statement.IssuerName))
                .Append(Row(Texts.Of("Page.ValidFrom"), Day(statement.ValidFrom)));
            if (statement.ValidUntil is { } end) body.Append(Row(Texts.Of("Page.ValidUntil"), Day(end)));
            foreach (var (claim, value) in claims) body.Append(Row(claim, Shown(value)));
            body.Append("</dl>");
        }

        return Page(response, Texts.Of("Page.VerifyTitle"), body.Append(Form()).ToString(), isPublic: false);
    }

    private static string Form() => $"""
        <form method="post" action="verify" class="screen"><p><label for="credential">{Encode(Texts.Of("Page.VerifyHint"))}</label></p>
        <textarea id="credential" name="credential" rows="8" required></textarea><p><button type="submit">{Encode(Texts.Of("Page.VerifyButton"))}</button></p></form>
        """;

    private static IResult Page(HttpResponse response, string title, string body, bool isPublic)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = isPublic ? "public, max-age=300" : "no-store";
        response.Headers.Vary = "Accept-Language";
        return TypedResults.Text(
            $"""
            <!doctype html>
            <html lang="{CultureInfo.CurrentUICulture.Name}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Encode(title)}</title>
            <style>{Style}</style></head><body><main>{body}</main></body></html>
            """,
            MediaTypeNames.Text.Html, Encoding.UTF8);
    }

    private static string Row(string name, string value) => $"<dt>{Encode(name)}</dt><dd>{Encode(value)}</dd>";

    private static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Day(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Encode(string text) => Encoder.Encode(text);
}

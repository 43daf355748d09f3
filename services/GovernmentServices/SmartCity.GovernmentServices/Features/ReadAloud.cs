using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.GovernmentServices.Features.Certificates;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features;

/// <summary>
/// The same answer in sentences, in the caller's language: as <c>text/plain</c> for a phone desk, a screen reader or a voice menu to read aloud, as
/// <c>text/html</c> in large print for a counter to hand out. No code, no table, no time zone but the city's.
/// </summary>
internal static class ReadAloud
{
    private static readonly TimeSpan CityTime = TimeSpan.FromHours(8);

    public static RouteHandlerBuilder AlsoReadAloud<T>(this RouteHandlerBuilder endpoint, Func<T, IEnumerable<string>> sentences) => endpoint
        .WithDescription("With Accept: text/plain in sentences, to be read aloud; with text/html in large print.")
        .AddEndpointFilter(async (invocation, next) =>
        {
            var result = await next(invocation);
            var wanted = invocation.HttpContext.Request.GetTypedHeaders().Accept.MaxBy(type => type.Quality ?? 1)?.MediaType.Value;
            if (wanted is not ("text/plain" or "text/html") || (result is INestedHttpResult nested ? nested.Result : result) is not IValueHttpResult<T> { Value: { } value }) return result;
            var response = invocation.HttpContext.Response;
            response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
            return wanted == "text/html"
                ? CertificatePages.LargePrint(response, sentences(value))
                : TypedResults.Text(string.Join('\n', sentences(value)), "text/plain", Encoding.UTF8);
        });

    public static IEnumerable<string> Sentences(MyApplication mine)
    {
        var application = mine.Application;
        yield return Say("Aloud.Application", application.ServiceName, application.StageName);
        yield return Say("Aloud.Sent", Day(application.SubmittedAt));
        if (application.DecidedAt is { } decided) yield return Say("Aloud.Decided", Day(decided));
        else yield return Say(application.Overdue ? "Aloud.Overdue" : "Aloud.Due", Day(application.DueAt));
        foreach (var entry in mine.Entries) yield return Entry(entry.At, entry.Text, entry.Remark);
    }

    public static IEnumerable<string> Sentences(MyReport mine)
    {
        var report = mine.Report;
        yield return Say("Aloud.Report", report.CategoryName, report.DepartmentName);
        yield return Say("Aloud.Sent", Day(report.ReceivedAt));
        if (report.AnsweredAt is null) yield return Say("Aloud.Due", Day(report.DueAt));
        foreach (var entry in mine.History) yield return Entry(entry.At, entry.Text, entry.Words);
    }

    private static string Entry(DateTimeOffset at, string text, string? words) => words is null ? Say("Aloud.Entry", Day(at), text) : Say("Aloud.EntryWithWords", Day(at), text, words);

    private static string Say(string text, params object[] values) => string.Format(CultureInfo.InvariantCulture, Texts.Of(text), values);

    /// <summary>As people say it; the names of months stand in the texts, whatever the machine knows of languages.</summary>
    private static string Day(DateTimeOffset time)
    {
        var local = time.ToOffset(CityTime);
        return Say("Aloud.Day", local.Year, Texts.Of("Aloud.Months").Split(' ')[local.Month - 1], local.Day);
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person's code in sentences, for a screen reader, a hotline or whoever reads it out: no symbol, no colour without its word.</summary>
internal static class Spoken
{
    private static readonly TimeSpan ChinaTime = TimeSpan.FromHours(8);

    public static void Map(RouteGroupBuilder me) => me.MapGet("/code/spoken", HandleAsync)
        .WithName("SpeakMyCode")
        .WithSummary("My code in sentences, to be read out")
        .Produces<string>(StatusCodes.Status200OK, "text/plain")
        .WithExample(answer: "Your health code is green. It holds until 21 March 2022, 16:00. Nothing known speaks against moving about.")
        .Allow(Roles.Citizen, Roles.Proxy);

    /// <summary>A time as people say it, in the city's own time.</summary>
    public static string Time(DateTimeOffset time, CultureInfo language) => time.ToOffset(ChinaTime).ToString(Texts.Of("Spoken.Time", language), language);

    private static async Task<Results<ContentHttpResult, Refusal>> HandleAsync(
        Caller caller, HttpContext http, HealthCodeDb db, PolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (now, language) = (clock.GetUtcNow(), CultureInfo.CurrentUICulture);
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await CurrentCode.FindAsync(db, policies, person => person.AccountId == caller.AccountId, now, cancellationToken) is not { RegisteredAt: not null } citizen)
            return Refusal.NotFound("not_registered");

        var code = citizen.Code;
        var reason = policies.TextOf(code.PolicyVersion, code.Rule);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentLanguage = language.Name;
        var text = string.Format(language, Texts.Of("Spoken.Code", language), Texts.Of(code.Color, language), Time(code.ValidUntil, language), reason?.Reason.In(language), reason?.Change.In(language));
        return TypedResults.Content(text.Trim(), "text/plain; charset=utf-8");
    }
}

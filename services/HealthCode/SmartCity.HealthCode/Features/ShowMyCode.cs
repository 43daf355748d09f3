using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person sees their code, why it is so, until when, and what would change it.</summary>
internal static class ShowMyCode
{
    private const int MostEvidenceShown = 50;

    /// <param name="Color">The colour.</param>
    /// <param name="ValidUntil">Until when it stands if nothing new becomes known; exclusive, UTC.</param>
    /// <param name="Version">Grows with every change.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="RegisteredAt">When the person registered, UTC.</param>
    public sealed record MyCode(CodeColor Color, DateTimeOffset ValidUntil, long Version, Explanation Reason, DateTimeOffset RegisteredAt);

    /// <param name="Policy">Version of the policy that decided.</param>
    /// <param name="Rule">The rule that decided.</param>
    /// <param name="Text">What it says, in the language of the request.</param>
    /// <param name="Change">What would change the code.</param>
    /// <param name="Evidence">What the decision rests on, newest first, at most 50.</param>
    public sealed record Explanation(string Policy, string Rule, string Text, string Change, IReadOnlyList<EvidenceReference> Evidence);

    /// <param name="Id">Names the evidence where it is contested.</param>
    /// <param name="Kind">What kind of evidence.</param>
    /// <param name="At">When the sample was taken or the exposure ended, UTC.</param>
    /// <param name="Source">Who says so.</param>
    /// <param name="Until">When it ends by its own word, exclusive, UTC.</param>
    /// <param name="Minutes">How long the exposure lasted.</param>
    public sealed record EvidenceReference(
        Guid Id, EvidenceKind Kind, DateTimeOffset At, EvidenceSource Source, DateTimeOffset? Until = null, int? Minutes = null)
    {
        public static EvidenceReference Of(Evidence fact) => new(fact.Id, fact.Kind, fact.At, fact.Source, fact.Until, fact.Minutes);
    }

    public static void Map(RouteGroupBuilder me) => me.MapGet("/code", HandleAsync)
        .WithName("ShowMyCode")
        .WithSummary("My code: colour, reason, end. Answers If-None-Match with 304")
        .Produces(StatusCodes.Status304NotModified)
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<MyCode>, StatusCodeHttpResult, Refusal>> HandleAsync(
        Caller caller, HttpContext http, HealthCodeDb db, PolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        var citizen = await CurrentCode.FindAsync(db, policies, person => person.AccountId == caller.AccountId, now, cancellationToken);
        if (citizen?.RegisteredAt is not { } registeredAt) return Refusal.NotFound("not_registered");
        if (IsKnownToClient(http, citizen.Code)) return TypedResults.StatusCode(StatusCodes.Status304NotModified);

        var code = citizen.Code;
        var evidence = code.Evidence.Length == 0 ? [] : (await db.EvidenceOfAsync(citizen, cancellationToken))
            .Where(fact => code.Evidence.Contains(fact.Id)).OrderByDescending(fact => fact.At).Take(MostEvidenceShown)
            .Select(EvidenceReference.Of).ToArray();
        var text = policies.TextOf(code.PolicyVersion, code.Rule);
        var language = CultureInfo.CurrentUICulture;
        var reason = new Explanation(
            code.PolicyVersion, code.Rule, text?.Reason.In(language) ?? code.Rule, text?.Change.In(language) ?? code.Rule, evidence);
        return TypedResults.Ok(new MyCode(code.Color, code.ValidUntil, code.Version, reason, registeredAt));
    }

    /// <summary>Marks the answer with its version and language, and says whether the client has just that (RFC 9110 §13.1.2).</summary>
    private static bool IsKnownToClient(HttpContext http, CitizenCode code)
    {
        var tag = new EntityTagHeaderValue($"\"{code.Version}-{CultureInfo.CurrentUICulture.Name}\"");
        var headers = http.Response.GetTypedHeaders();
        headers.ETag = tag;
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };
        http.Response.Headers.Vary = "Accept-Language, Authorization";
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false));
    }
}

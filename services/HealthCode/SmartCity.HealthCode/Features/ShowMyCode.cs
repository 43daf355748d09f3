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
    /// <param name="Color">The colour.</param>
    /// <param name="ValidUntil">Until when it stands if nothing new becomes known; exclusive, UTC.</param>
    /// <param name="Version">Grows with every change.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="RegisteredAt">When the person registered, UTC.</param>
    public sealed record MyCode(CodeColor Color, DateTimeOffset ValidUntil, long Version, Explanation Reason, DateTimeOffset RegisteredAt);

    public static MyCode Example { get; } = new(CodeColor.Yellow, Examples.Now.AddDays(13), 2, new Explanation(
        "2022-2", "close-contact", "You were at the same place as a confirmed case for 15 minutes or longer.", "The code turns back 14 days after you were last together.",
        [new(Examples.Order, EvidenceKind.Exposure, Examples.Now.AddDays(-1), EvidenceSource.PlaceRegistration, Minutes: 45)], "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"), Examples.Now);

    public static void Map(RouteGroupBuilder me) => me.MapGet("/code", HandleAsync)
        .WithName("ShowMyCode")
        .WithSummary("My code: colour, reason, end. Answers If-None-Match with 304")
        .Produces(StatusCodes.Status304NotModified)
        .WithExample(answer: Example)
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<MyCode>, StatusCodeHttpResult, Refusal>> HandleAsync(
        Caller caller, HttpContext http, HealthCodeDb db, PolicyBook policies, CredentialKeys keys, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        var citizen = await CurrentCode.FindAsync(db, policies, person => person.AccountId == caller.AccountId, now, cancellationToken);
        if (citizen?.RegisteredAt is not { } registeredAt) return Refusal.NotFound("not_registered");
        if (IsKnownToClient(http, citizen.Code)) return TypedResults.StatusCode(StatusCodes.Status304NotModified);

        var code = citizen.Code;
        var known = code.Evidence.Length == 0 ? [] : await db.EvidenceOfAsync(citizen, cancellationToken);
        var decision = new Explanation.Decision(citizen.Id, code.Color, code.PolicyVersion, code.Rule, code.Evidence, Since: null, code.ValidUntil);
        var reason = Explanation.Of(decision, known, policies, keys, now, now);
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

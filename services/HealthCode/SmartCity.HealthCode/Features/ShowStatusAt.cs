using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>What a person's status was at any moment, with its explanation: the person asks for their own, an officer with a reason that the person reads.</summary>
internal static class ShowStatusAt
{
    /// <param name="At">The moment, not in the future.</param>
    /// <param name="Reason">Why the officer asks; the person sees it in their access log.</param>
    public sealed record Request(DateTimeOffset At, [Required, StringLength(200, MinimumLength = 5)] string Reason);

    /// <param name="At">The moment asked for, UTC.</param>
    /// <param name="Color">The colour that the person had then.</param>
    /// <param name="Since">Since when, UTC.</param>
    /// <param name="ValidUntil">Until when it was to stand as seen then; exclusive, UTC.</param>
    /// <param name="Reason">Why. Evidence that has since been withdrawn says so.</param>
    public sealed record Status(DateTimeOffset At, CodeColor Color, DateTimeOffset Since, DateTimeOffset ValidUntil, Explanation Reason);

    /// <summary>What both doors need.</summary>
    public readonly record struct Desk(HealthCodeDb Db, PolicyBook Policies, CredentialKeys Keys, TimeProvider Clock);

    public static void Map(RouteGroupBuilder features, RouteGroupBuilder me)
    {
        var example = new Status(Examples.Now, CodeColor.Green, Examples.Now.AddDays(-2), Examples.Now.AddDays(1), ShowMyCode.Example.Reason);
        me.MapGet("/code/at", OfMyselfAsync)
            .WithName("ShowMyStatusAt")
            .WithSummary("What my code was at a moment in the past, and why")
            .WithExample(answer: example)
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapPost("/people/{citizenId:guid}/status-inquiries", OfPersonAsync)
            .WithName("InquireStatus")
            .WithSummary("What a person's code was at a moment, and why; the person sees who asked, and the reason")
            .WithExample(new Request(Examples.Now, "Appeal by telephone of 20 March"), example)
            .Allow(Roles.HealthOfficer);
    }

    private static async Task<Results<Ok<Status>, Refusal>> OfMyselfAsync(
        [FromQuery(Name = "time")] DateTimeOffset time, Caller caller, [AsParameters] Desk desk, CancellationToken cancellationToken) =>
        await desk.Db.RegisteredAsync(caller, cancellationToken) is { } citizen
            ? await FindAsync(citizen, time, desk, cancellationToken)
            : Refusal.NotFound("not_registered");

    private static async Task<Results<Ok<Status>, Refusal>> OfPersonAsync(
        Guid citizenId, Request request, Caller caller, [AsParameters] Desk desk, AccessLog log, CancellationToken cancellationToken)
    {
        var id = new CitizenId(citizenId);
        if (await desk.Db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.Id == id, cancellationToken) is not { } citizen)
            return Refusal.NotFound("citizen_unknown");
        await log.WriteAsync(
            [new AccessRecord { CitizenId = id, Reader = caller.Actor.ToString(), Purpose = AccessPurpose.StatusInquiry, At = desk.Clock.GetUtcNow(), Reason = request.Reason }],
            cancellationToken);
        return await FindAsync(citizen, request.At, desk, cancellationToken);
    }

    private static async Task<Results<Ok<Status>, Refusal>> FindAsync(Citizen citizen, DateTimeOffset at, Desk desk, CancellationToken cancellationToken)
    {
        var now = desk.Clock.GetUtcNow();
        at = at.ToUniversalTime();
        if (at > now) return Refusal.Invalid("time_in_future", "at");
        var change = await desk.Db.Changes.AsNoTracking().Where(entry => entry.CitizenId == citizen.Id && entry.ChangedAt <= at)
            .OrderByDescending(entry => entry.Version).FirstOrDefaultAsync(cancellationToken);
        if (change is null) return Refusal.NotFound("status_unknown_then");

        var known = await desk.Db.EvidenceOfAsync(citizen, cancellationToken);
        var decision = new Explanation.Decision(
            citizen.Id, change.Color, change.PolicyVersion, change.Rule, change.Evidence, change.ChangedAt, change.ValidUntil);
        var reason = Explanation.Of(decision, known, desk.Policies, desk.Keys, at, now);
        return TypedResults.Ok(new Status(at, change.Color, change.ChangedAt, change.ValidUntil, reason));
    }
}

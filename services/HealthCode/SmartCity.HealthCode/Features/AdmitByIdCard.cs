using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Somebody stands at a gate with nothing but an ID card: the gate hears whether to let them in, and neither colour nor name, nor whether the
/// number is known. The person sees that it asked; one account may ask for so many people a minute as pass a gate.
/// </summary>
internal static class AdmitByIdCard
{
    private const int PerMinute = 60;

    /// <param name="CitizenNumber">The number on the card (GB 11643), 18 characters.</param>
    public sealed record Request([Required, StringLength(18, MinimumLength = 18)] string CitizenNumber);

    /// <param name="Admit">Whether to let the person in.</param>
    public sealed record Response(bool Admit);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/gates/id-card", HandleAsync)
        .WithName("AdmitByIdCard")
        .WithSummary("Whether to let in the holder of an ID card; nothing else is said")
        .WithExample(new Request("310101197001010012"), new Response(true))
        .Allow(Roles.VenueOperator);

    private static async Task<Results<Ok<Response>, Refusal>> HandleAsync(
        Request request, Caller caller, HttpContext http, HealthCodeDb db, PersonalData personalData, PolicyBook policies, AccessLog log, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await TurnAsync(db, caller.AccountId, now, cancellationToken) > PerMinute)
        {
            http.Response.Headers.RetryAfter = $"{60 - now.Second}";
            return new Refusal("too_many_requests", StatusCodes.Status429TooManyRequests);
        }

        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (!CitizenNumber.TryParse(request.CitizenNumber, now, out var number)) return Refusal.Invalid("citizen_number_invalid", "citizenNumber");

        var lookup = personalData.Lookup(number.Text);
        if (await CurrentCode.FindAsync(db, policies, person => person.NumberLookup == lookup, now, cancellationToken) is not { RegisteredAt: not null } citizen)
            return TypedResults.Ok(new Response(false));
        var look = new AccessRecord { CitizenId = citizen.Id, Reader = caller.Actor.ToString(), Purpose = AccessPurpose.IdCard, At = now };
        await log.WriteAsync([look], cancellationToken);
        return TypedResults.Ok(new Response(citizen.Code.Color == CodeColor.Green));
    }

    /// <summary>Which turn of this minute it is; counted in the database, where all replicas count together.</summary>
    private static async Task<int> TurnAsync(HealthCodeDb db, Guid account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var minute = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        var turns = await db.Database.SqlQuery<int>($"""
            INSERT INTO gate_turns AS known (account_id, minute, turns) VALUES ({account}, {minute}, 1)
            ON CONFLICT (account_id) DO UPDATE SET turns = CASE WHEN known.minute = excluded.minute THEN known.turns + 1 ELSE 1 END, minute = excluded.minute
            RETURNING turns
            """).ToListAsync(cancellationToken);
        return turns[0];
    }
}

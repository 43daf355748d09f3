using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person sees what the city knows of them.</summary>
internal static class ShowMyRegistration
{
    public static void Map(RouteGroupBuilder me) => me.MapGet("", HandleAsync)
        .WithName("ShowMyRegistration")
        .WithSummary("What the city knows of me")
        .WithExample(answer: Registration.Example)
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Registration>, Refusal>> HandleAsync(
        Caller caller, HealthCodeDb db, PersonalData personalData, CancellationToken cancellationToken) =>
        await db.Citizens.AsNoTracking().FirstOrDefaultAsync(citizen => citizen.AccountId == caller.AccountId, cancellationToken) is { } citizen
            ? TypedResults.Ok(Registration.Of(citizen, personalData))
            : Refusal.NotFound("not_registered");
}

using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;
using Refusal = SmartCity.ServiceDefaults.Refusal;

namespace SmartCity.HealthCode.Features;

/// <summary>A venue or an officer has a shown code checked, and hears the colour as it is now. The person sees that they asked.</summary>
internal static class VerifyCredential
{
    /// <param name="Credential">What the scanner read.</param>
    public sealed record Request([Required, StringLength(1000, MinimumLength = 1)] string Credential);

    /// <param name="Valid">Whether the code is the city's and has not ended.</param>
    /// <param name="Fault">Why it is not; absent where it is.</param>
    /// <param name="Color">The person's colour now; absent where the code is not valid.</param>
    /// <param name="ValidUntil">Until when the colour stands if nothing new becomes known; exclusive, UTC.</param>
    /// <param name="IssuedAt">When the code was issued, UTC; also for one that has ended.</param>
    public sealed record Verdict(
        bool Valid, CredentialFault? Fault = null, CodeColor? Color = null, DateTimeOffset? ValidUntil = null, DateTimeOffset? IssuedAt = null);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/credentials/verify", HandleAsync)
        .WithName("VerifyCredential")
        .WithSummary("Check a shown code")
        .Allow(Roles.VenueOperator, Roles.HealthOfficer);

    private static async Task<Results<Ok<Verdict>, Refusal>> HandleAsync(
        Request request, Caller caller, HealthCodeDb db, CredentialKeys keys, PolicyBook policies, AccessLog log, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;

        var (result, subject) = keys.Verify(request.Credential, now);
        if (result.Refusal is { } refusal) return TypedResults.Ok(new Verdict(false, refusal.Fault, IssuedAt: result.Payload?.IssuedAt));
        if (subject is not { } id || await CurrentCode.FindAsync(db, policies, person => person.Id == id, now, cancellationToken) is not { } citizen)
            return Refusal.NotFound("citizen_unknown");

        var look = new AccessRecord { CitizenId = id, Reader = caller.Actor.ToString(), Purpose = AccessPurpose.Verification, At = now };
        await log.WriteAsync([look], cancellationToken);
        return TypedResults.Ok(new Verdict(true, Color: citizen.Code.Color, ValidUntil: citizen.Code.ValidUntil, IssuedAt: result.Payload?.IssuedAt));
    }
}

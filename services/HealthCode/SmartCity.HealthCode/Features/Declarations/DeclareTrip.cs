using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person declares a trip (GB/T 38962-2020, trip declaration): where to, from when until when.</summary>
internal static class DeclareTrip
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(60);
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(60);

    /// <param name="Region">Administrative division, six digits (GB/T 2260).</param>
    /// <param name="From">Start, inclusive.</param>
    /// <param name="Until">End, exclusive.</param>
    /// <param name="Place">Where within the city; only the cell of the city grid is kept.</param>
    /// <param name="Transport">Number of the train or flight.</param>
    public sealed record Request(
        [Required, RegularExpression("^[1-9][0-9]{5}$")] string Region, DateTimeOffset From, DateTimeOffset Until, RegisterCitizen.Position? Place = null,
        [RegularExpression("^[A-Z0-9-]{2,12}$")] string? Transport = null)
    {
        /// <summary>As it is kept.</summary>
        public Trip ToTrip() => new(
            Region, Place is { } place ? GridCell.At(place.Latitude, place.Longitude).ToString() : null, From.ToUniversalTime(), Until.ToUniversalTime(), Transport);

        /// <summary>What is wrong with its times; null where nothing is.</summary>
        public Refusal? Fault(DateTimeOffset now)
        {
            if (Until <= From || Until - From > Longest) return Refusal.Invalid("trip_times_invalid", "until", Longest.Days);
            if (Until < now - Oldest) return Refusal.Invalid("time_too_long_ago", "until", Oldest.Days);
            return From > now + Farthest ? Refusal.Invalid("time_in_future", "from") : null;
        }
    }

    public static void Map(RouteGroupBuilder me) => me.MapPost("/trips", HandleAsync)
        .WithName("DeclareTrip")
        .WithSummary("Declare a trip of mine")
        .WithExample(
            new Request("310000", Examples.Now.AddDays(-2), Examples.Now, new RegisterCitizen.Position(31.234, 121.474), "G7001"),
            EvidenceReceipt.Example with { Kind = EvidenceKind.Trip })
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<EvidenceReceipt>, Refusal>> HandleAsync(
        Request request, IdempotencyKey key, Caller caller, HealthCodeDb db, PolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (request.Fault(now) is { } fault) return fault;
        if (await db.RegisteredAsync(caller, cancellationToken) is not { } citizen) return Refusal.NotFound("not_registered");

        var id = StableId.Of(citizen.Id.Value, key.Value);
        if (await db.Evidence.FindAsync([id], cancellationToken) is { } known) return TypedResults.Ok(EvidenceReceipt.Of(known));

        var trip = request.ToTrip();
        var declaration = db.Add(new Evidence { Id = id, CitizenId = citizen.Id, Kind = EvidenceKind.Trip, Source = EvidenceSource.Person }).Entity;
        declaration.State(trip.From, minutes: null, now, detail: trip.ToDetail());
        await db.ReconsiderAsync(citizen, policies, ChangeCause.Declared, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(EvidenceReceipt.Of(declaration));
    }
}

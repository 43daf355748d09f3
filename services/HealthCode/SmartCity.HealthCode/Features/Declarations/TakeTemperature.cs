using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;
using Refusal = SmartCity.ServiceDefaults.Refusal;

namespace SmartCity.HealthCode.Features;

/// <summary>A venue takes the temperature of whoever shows a code, or a person their own.</summary>
internal static class TakeTemperature
{
    /// <param name="Celsius">Degrees, kept to a tenth.</param>
    /// <param name="Credential">What the scanner read.</param>
    public sealed record Request([Range(30.0, 45.0)] double Celsius, [Required, StringLength(1000, MinimumLength = 1)] string Credential);

    /// <param name="Celsius">Degrees, kept to a tenth.</param>
    public sealed record OwnRequest([Range(30.0, 45.0)] double Celsius);

    /// <summary>What both doors need.</summary>
    public readonly record struct Desk(IdempotencyKey Key, Caller Caller, HealthCodeDb Db, PolicyBook Policies, TimeProvider Clock);

    public static void Map(RouteGroupBuilder features, RouteGroupBuilder me)
    {
        features.MapPost("/temperatures", OfVisitorAsync)
            .WithName("TakeTemperature")
            .WithSummary("Report the temperature of a person who shows their code")
            .WithExample(new Request(36.6, "SC1:..."), EvidenceReceipt.Example with { Kind = EvidenceKind.Temperature })
            .Allow(Roles.VenueOperator);
        me.MapPost("/temperatures", OfMyselfAsync)
            .WithName("TakeMyTemperature")
            .WithSummary("Declare my temperature")
            .WithExample(new OwnRequest(36.6), EvidenceReceipt.Example with { Kind = EvidenceKind.Temperature })
            .Allow(Roles.Citizen, Roles.Proxy);
    }

    private static async Task<Results<Ok<EvidenceReceipt>, Refusal>> OfVisitorAsync(
        Request request, [AsParameters] Desk desk, CredentialKeys keys, CancellationToken cancellationToken)
    {
        var (result, citizen) = keys.Verify(request.Credential, desk.Clock.GetUtcNow());
        if (result.Refusal is { } refusal)
            return Refusal.Invalid(refusal.Fault == Credentials.CredentialFault.Expired ? "credential_expired" : "credential_invalid", "credential");
        return citizen is { } id && await desk.Db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.Id == id, cancellationToken) is { } known
            ? await KeepAsync(known, request.Celsius, EvidenceSource.Venue, desk, cancellationToken)
            : Refusal.NotFound("citizen_unknown");
    }

    private static async Task<Results<Ok<EvidenceReceipt>, Refusal>> OfMyselfAsync(
        OwnRequest request, [AsParameters] Desk desk, CancellationToken cancellationToken) =>
        await desk.Db.RegisteredAsync(desk.Caller, cancellationToken) is { } citizen
            ? await KeepAsync(citizen, request.Celsius, EvidenceSource.Person, desk, cancellationToken)
            : Refusal.NotFound("not_registered");

    private static async Task<Results<Ok<EvidenceReceipt>, Refusal>> KeepAsync(
        Citizen citizen, double celsius, EvidenceSource source, Desk desk, CancellationToken cancellationToken)
    {
        var (db, now) = (desk.Db, desk.Clock.GetUtcNow());
        if (desk.Policies.InForce(now) is null) return PolicyBook.NotLoaded;
        var id = StableId.Of(desk.Caller.Actor, desk.Key.Value);
        if (await db.Evidence.FindAsync([id], cancellationToken) is { } known)
            return known.CitizenId == citizen.Id ? TypedResults.Ok(EvidenceReceipt.Of(known)) : Refusal.Conflict("idempotency_key_reused");

        var temperature = BodyTemperature.OfCelsius(celsius);
        var reading = db.Add(new Evidence { Id = id, CitizenId = citizen.Id, Kind = EvidenceKind.Temperature, Source = source }).Entity;
        reading.State(now, minutes: null, now, detail: temperature.ToDetail());
        await db.ReconsiderAsync(citizen, desk.Policies, ChangeCause.EvidenceReported, now, cancellationToken);
        db.Publish(new TemperatureTaken(id, citizen.HomeCell, temperature.IsFever, now), id);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(EvidenceReceipt.Of(reading));
    }
}

using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person corrects what they declared, or takes it back (GB/T 38961-2020, correct). What others said of them they contest: see the appeals.</summary>
internal static class CorrectDeclaration
{
    /// <param name="Symptoms">What is right instead, for a health declaration.</param>
    /// <param name="Trip">What is right instead, for a trip.</param>
    /// <param name="Celsius">What is right instead, for a temperature of one's own.</param>
    /// <remarks>With none of them the declaration is taken back.</remarks>
    public sealed record Request(
        [MaxLength(9)] IReadOnlyList<Symptom>? Symptoms = null, DeclareTrip.Request? Trip = null, [Range(30.0, 45.0)] double? Celsius = null);

    public static void Map(RouteGroupBuilder me) => me.MapPost("/declarations/{id:guid}/correction", HandleAsync)
        .WithName("CorrectDeclaration")
        .WithSummary("Correct what I declared, or, with an empty body object, take it back")
        .WithExample(new Request([Symptom.Cough]), EvidenceReceipt.Example)
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<EvidenceReceipt>, Refusal>> HandleAsync(
        Guid id, Request request, Caller caller, HealthCodeDb db, PolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (request.Trip?.Fault(now) is { } fault) return fault;
        if (await db.RegisteredAsync(caller, cancellationToken) is not { } citizen) return Refusal.NotFound("not_registered");
        var declaration = await db.Evidence.FirstOrDefaultAsync(
            fact => fact.Id == id && fact.CitizenId == citizen.Id && fact.Source == EvidenceSource.Person, cancellationToken);
        if (declaration is null) return Refusal.NotFound("declaration_unknown");

        // A word of the same moment would not be newer.
        var statedAt = now > declaration.StatedAt ? now : declaration.StatedAt.AddTicks(TimeSpan.TicksPerMicrosecond);
        switch (declaration.Kind, request)
        {
            case (_, { Symptoms: null, Trip: null, Celsius: null }):
                declaration.Withdraw(statedAt);
                break;
            case (EvidenceKind.Symptoms, { Symptoms: { } symptoms, Trip: null, Celsius: null }):
                declaration.State(declaration.At, minutes: null, statedAt, detail: DeclaredSymptoms.ToDetail(symptoms));
                if (symptoms.Count > 0) db.Publish(new SymptomsDeclared(id, citizen.HomeCell, now), id);
                break;
            case (EvidenceKind.Trip, { Symptoms: null, Trip: { } trip, Celsius: null }):
                declaration.State(trip.ToTrip().From, minutes: null, statedAt, detail: trip.ToTrip().ToDetail());
                break;
            case (EvidenceKind.Temperature, { Symptoms: null, Trip: null, Celsius: { } degrees }):
                declaration.State(declaration.At, minutes: null, statedAt, detail: BodyTemperature.OfCelsius(degrees).ToDetail());
                break;
            default:
                return Refusal.Invalid("correction_does_not_fit");
        }

        await db.ReconsiderAsync(citizen, policies, ChangeCause.Declared, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(EvidenceReceipt.Of(declaration));
    }
}

using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person declares how they feel (GB/T 38962-2020, health declaration). No symptoms is a declaration too.</summary>
internal static class DeclareHealth
{
    /// <param name="Symptoms">What they have; empty for nothing.</param>
    public sealed record Request([Required, MaxLength(9)] IReadOnlyList<Symptom> Symptoms);

    public static void Map(RouteGroupBuilder me) => me.MapPost("/health-declarations", HandleAsync)
        .WithName("DeclareHealth")
        .WithSummary("Declare my symptoms, or that I have none")
        .WithExample(new Request([Symptom.Fever, Symptom.Cough]), EvidenceReceipt.Example)
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<EvidenceReceipt>, Refusal>> HandleAsync(
        Request request, IdempotencyKey key, Caller caller, HealthCodeDb db, PolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (await db.RegisteredAsync(caller, cancellationToken) is not { } citizen) return Refusal.NotFound("not_registered");

        var id = StableId.Of(citizen.Id.Value, key.Value);
        if (await db.Evidence.FindAsync([id], cancellationToken) is { } known) return TypedResults.Ok(EvidenceReceipt.Of(known));

        var declaration = db.Add(new Evidence { Id = id, CitizenId = citizen.Id, Kind = EvidenceKind.Symptoms, Source = EvidenceSource.Person }).Entity;
        declaration.State(now, minutes: null, now, detail: DeclaredSymptoms.ToDetail(request.Symptoms));
        await db.ReconsiderAsync(citizen, policies, ChangeCause.Declared, now, cancellationToken);
        if (request.Symptoms.Count > 0) db.Publish(new SymptomsDeclared(id, citizen.HomeCell, now), id);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(EvidenceReceipt.Of(declaration));
    }
}

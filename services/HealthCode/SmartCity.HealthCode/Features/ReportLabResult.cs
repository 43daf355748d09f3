using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A laboratory reports a result. A positive one makes a case; result, evidence, code, case and events are committed together.</summary>
internal static partial class ReportLabResult
{
    /// <param name="ResultNumber">The laboratory's own number of the result: reported again under it, nothing happens again.</param>
    /// <param name="CitizenNumber">The ID number (GB 11643) of the person; they need not have registered.</param>
    /// <param name="Outcome">What was found.</param>
    /// <param name="SampledAt">When the sample was taken; kept to the second.</param>
    /// <param name="OnsetAt">When symptoms began, where known; kept to the second.</param>
    public sealed record Request(
        [Required, StringLength(64, MinimumLength = 1)] string ResultNumber,
        [Required, StringLength(18, MinimumLength = 18)] string CitizenNumber,
        LabOutcome Outcome,
        DateTimeOffset SampledAt,
        DateTimeOffset? OnsetAt = null);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/lab-results", HandleAsync)
        .WithName("ReportLabResult")
        .WithSummary("Report a laboratory result")
        .WithExample(new Request("R-20220320-0001", "11010519491231002X", LabOutcome.Positive, Examples.Now.AddDays(-1)), LabResultReceipt.Example)
        .Allow(Roles.Laboratory);

    private static async Task<Results<Created<LabResultReceipt>, Ok<LabResultReceipt>, Refusal>> HandleAsync(
        Request request, IdempotencyKey key, Caller caller, HealthCodeDb db, PersonalData personalData, PolicyBook policies, TimeProvider clock,
        ILogger<Request> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is not { } policy) return PolicyBook.NotLoaded;
        if (!CitizenNumber.TryParse(request.CitizenNumber, now, out var number)) return Refusal.Invalid("citizen_number_invalid", "citizenNumber");
        if (Implausible(request, policy.Cases, now) is { } refusal) return refusal;

        var lookup = personalData.Lookup(number.Text);
        var citizen = await db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.NumberLookup == lookup, cancellationToken)
            ?? db.Add(Citizen.Meet(number, personalData, now)).Entity;
        var result = ToResult(request, key, caller, citizen.Id, now);

        var earlier = await db.LabResults.AsNoTracking()
            .Where(known => known.Laboratory == result.Laboratory && (known.ResultNumber == result.ResultNumber || known.IdempotencyKey == key.Value))
            .ToListAsync(cancellationToken);
        if (earlier.Find(known => known.SaysTheSameAs(result)) is { } same) return TypedResults.Ok(LabResultReceipt.Of(same));
        if (earlier.Exists(known => known.ResultNumber == result.ResultNumber)) return Refusal.Conflict("result_number_taken", "resultNumber");
        if (earlier.Count > 0) return Refusal.Conflict("idempotency_key_reused");

        db.Add(result);
        db.Add(result.ToEvidence());
        if (result.Outcome == LabOutcome.Positive) await ConfirmAsync(result, citizen, policy.Cases, db, now, cancellationToken);
        var evidence = await db.EvidenceOfAsync(citizen, cancellationToken);
        db.Record(citizen.Code.Reconsider(policies.Require(citizen, now), evidence, ChangeCause.ResultReported, now), citizen.HomeCell);
        await db.SaveChangesAsync(cancellationToken);

        Accepted(logger, result.Id);
        return TypedResults.Created($"/health-code/v1/lab-results/{result.Id}", LabResultReceipt.Of(result));
    }

    /// <summary>A positive result founds a case unless one stands for the same illness.</summary>
    private static async Task ConfirmAsync(
        LabResult result, Citizen citizen, CasePolicy policy, HealthCodeDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var cases = await db.Cases.Where(known => known.CitizenId == citizen.Id).ToListAsync(cancellationToken);
        if (cases.Exists(known => known.Covers(result, policy))) return;
        var confirmed = db.Add(ConfirmedCase.Confirm(policy, result, citizen.HomeCell, now)).Entity;
        db.Publish(confirmed.ToEvent(), confirmed.CitizenId.Value);
    }

    private static Refusal? Implausible(Request request, CasePolicy policy, DateTimeOffset now)
    {
        if (request.SampledAt > now) return Refusal.Invalid("time_in_future", "sampledAt");
        if (request.OnsetAt > now) return Refusal.Invalid("time_in_future", "onsetAt");
        if (request.SampledAt < now.AddDays(-policy.OldestSampleDays))
            return Refusal.Invalid("time_too_long_ago", "sampledAt", policy.OldestSampleDays);
        if (request.OnsetAt < now.AddDays(-policy.OldestOnsetDays))
            return Refusal.Invalid("time_too_long_ago", "onsetAt", policy.OldestOnsetDays);
        return null;
    }

    private static LabResult ToResult(Request request, IdempotencyKey key, Caller caller, CitizenId citizen, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Laboratory = LabResultReceipt.LaboratoryOf(caller),
        ResultNumber = request.ResultNumber,
        IdempotencyKey = key.Value,
        CitizenId = citizen,
        Outcome = request.Outcome,
        SampledAt = ToSecond(request.SampledAt),
        OnsetAt = request.OnsetAt is { } onset ? ToSecond(onset) : null,
        ReportedAt = now,
    };

    private static DateTimeOffset ToSecond(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    [LoggerMessage(Level = LogLevel.Information, Message = "Laboratory result {LabResultId} was accepted")]
    private static partial void Accepted(ILogger logger, Guid labResultId);
}

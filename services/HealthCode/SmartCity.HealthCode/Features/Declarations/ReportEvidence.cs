using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// A laboratory or vaccination site reports a rapid test or a vaccination, a health officer a recovery. None of these can turn a code red: what can comes
/// from a laboratory's own result, or takes two officers.
/// </summary>
internal static partial class ReportEvidence
{
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(730);

    /// <summary>What may be reported here.</summary>
    public enum Reportable
    {
        RapidTest = 1,
        Vaccination = 2,
        Recovery = 3,
    }

    /// <param name="CitizenNumber">The ID number (GB 11643) of the person; they need not have registered.</param>
    /// <param name="Kind">What is reported.</param>
    /// <param name="At">When the test was taken, the dose given, or the person recovered; kept to the second.</param>
    /// <param name="Positive">Of a rapid test, which needs it.</param>
    /// <param name="Dose">Of a vaccination, which needs it: which dose this is.</param>
    public sealed record Request(
        [Required, StringLength(18, MinimumLength = 18)] string CitizenNumber, Reportable Kind, DateTimeOffset At, bool? Positive = null, [Range(1, 9)] int? Dose = null);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/evidence", HandleAsync)
        .WithName("ReportEvidence")
        .WithSummary("Report a rapid test or vaccination (laboratory), or a recovery (health officer)")
        .WithExample(new Request("11010519491231002X", Reportable.RapidTest, Examples.Now, Positive: true), EvidenceReceipt.Example with { Kind = EvidenceKind.RapidTest })
        .Allow(Roles.Laboratory, Roles.HealthOfficer);

    private static async Task<Results<Ok<EvidenceReceipt>, Refusal>> HandleAsync(
        Request request, IdempotencyKey key, Caller caller, HealthCodeDb db, PersonalData personalData, PolicyBook policies, TimeProvider clock,
        ILogger<Request> logger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (!caller.Is(request.Kind == Reportable.Recovery ? Roles.HealthOfficer : Roles.Laboratory)) return Refusal.Forbidden("kind_not_yours");
        if (request.Kind == Reportable.RapidTest && request.Positive is null) return Refusal.Invalid("value_missing", "positive");
        if (request.Kind == Reportable.Vaccination && request.Dose is null) return Refusal.Invalid("value_missing", "dose");
        if (request.At > now) return Refusal.Invalid("time_in_future", "at");
        if (request.At < now - Oldest) return Refusal.Invalid("time_too_long_ago", "at", Oldest.Days);
        if (!CitizenNumber.TryParse(request.CitizenNumber, now, out var number)) return Refusal.Invalid("citizen_number_invalid", "citizenNumber");

        var lookup = personalData.Lookup(number.Text);
        var citizen = await db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.NumberLookup == lookup, cancellationToken)
            ?? db.Add(Citizen.Meet(number, personalData, now)).Entity;
        var id = StableId.Of(caller.Actor, key.Value);
        if (await db.Evidence.FindAsync([id], cancellationToken) is { } known)
            return known.CitizenId == citizen.Id ? TypedResults.Ok(EvidenceReceipt.Of(known)) : Refusal.Conflict("idempotency_key_reused");

        var evidence = db.Add(ToEvidence(request, id, citizen.Id, now)).Entity;
        await db.ReconsiderAsync(citizen, policies, ChangeCause.EvidenceReported, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        Reported(logger, id);
        return TypedResults.Ok(EvidenceReceipt.Of(evidence));
    }

    private static Evidence ToEvidence(Request request, Guid id, CitizenId citizen, DateTimeOffset now)
    {
        var (kind, source, detail) = request.Kind switch
        {
            Reportable.RapidTest => (EvidenceKind.RapidTest, EvidenceSource.Laboratory, $$"""{"positive":{{(request.Positive == true ? "true" : "false")}}}"""),
            Reportable.Vaccination => (EvidenceKind.Vaccination, EvidenceSource.Laboratory, $$"""{"dose":{{request.Dose}}}"""),
            _ => (EvidenceKind.Recovery, EvidenceSource.HealthCommission, "{}"),
        };
        var evidence = new Evidence { Id = id, CitizenId = citizen, Kind = kind, Source = source };
        evidence.State(DateTimeOffset.FromUnixTimeSeconds(request.At.ToUnixTimeSeconds()), minutes: null, now, detail: detail);
        return evidence;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Evidence {EvidenceId} was reported")]
    private static partial void Reported(ILogger logger, Guid evidenceId);
}

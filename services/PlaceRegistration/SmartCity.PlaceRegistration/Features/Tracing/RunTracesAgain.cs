using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Upkeep;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>Traces are computed anew by the policy in force: one that an officer names, or all that still have visits. Asked for here, done by <see cref="RunAskedTraces"/>.</summary>
internal static class RunTracesAgain
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/traces/runs", HandleAsync)
        .WithName("RunTracesAgain")
        .WithTags("Tracing")
        .WithSummary("Has traces computed anew by the policy in force: of one case, or of every case whose visits are still kept. What changes is told where the trace is released.")
        .WithExample(new RunRequest(Guid.Parse("019cc09d-6b00-7c11-a1b2-c3d4e5f60718")), new RunsAsked(1, "trace-2026-1"))
        .Allow(Roles.HealthOfficer);

    private static async Task<Results<Accepted<RunsAsked>, Refusal>> HandleAsync(
        RunRequest request, Caller caller, PlaceRegistrationDb db, TracePolicyBook policies, IOptions<VisitLimits> limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is not { } policy) return Refusal.Unavailable("trace_policy_missing");
        var horizon = limits.Value.Horizon(now);
        var cases = db.Cases.Where(traced => traced.WithdrawnAt == null && traced.InfectiousUntil > horizon && (request.CaseId == null || traced.CaseId == request.CaseId));
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var asked = await cases.ExecuteUpdateAsync(set => set.SetProperty(traced => traced.RerunAskedAt, now), cancellationToken);
        if (asked == 0 && request.CaseId is not null) return Refusal.NotFound("case_unknown");

        db.Add(new TraceDecision { CaseId = request.CaseId ?? Guid.Empty, OfficerId = caller.Actor, DecidedAt = now, Kind = TraceDecisionKind.RunAgain, People = 0 });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Accepted((string?)null, new RunsAsked(asked, policy.Version));
    }
}

/// <summary>Computes the traces that were asked for, many in one pass, in one replica at a time; a round that dies is done again by the next.</summary>
internal sealed partial class RunAskedTraces(
    NpgsqlDataSource database, CaseTracing tracing, TracePolicyBook policies, IOptions<VisitLimits> limits, TimeProvider clock, ILogger<RunAskedTraces> logger)
    : RecurringWork(database, limits.Value.CountInterval, clock, logger)
{
    /// <summary>Check-ins at the places of these cases wait for as long as one pass takes.</summary>
    private const int AtOnce = 100;

    protected override int LockNumber => 6;

    protected override async Task DoAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (policies.InForce(now) is not { } policy) return;
        var (caseIds, citizenIds) = await AskedAsync(connection, transaction, cancellationToken);
        if (caseIds.Length == 0) return;

        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            CaseTracing.AddCaseLocks(batch, citizenIds);
            batch.Add("UPDATE cases SET policy = $2, rerun_asked_at = NULL WHERE case_id = ANY ($1)", Sql.Array(caseIds), Sql.Value(policy.Version));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        List<CaseSource> cases;
        await using (var read = new NpgsqlCommand(
            "SELECT case_id, citizen_id, infectious_from, infectious_until, policy FROM cases WHERE case_id = ANY ($1) AND withdrawn_at IS NULL AND infectious_from IS NOT NULL", connection, transaction))
        {
            read.Parameters.Add(Sql.Array(caseIds));
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            cases = await CaseTracing.ReadCasesAsync(reader, cancellationToken);
        }

        await tracing.TraceAsync(connection, transaction, cases, TraceCause.Asked, now, cancellationToken);
        foreach (var one in cases) await TraceRelease.IfApprovedAsync(connection, transaction, one.Source.Id, policy, now, cancellationToken);
        RanAgain(cases.Count, policy.Version);
    }

    private static async Task<(Guid[] CaseIds, Guid[] CitizenIds)> AskedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT case_id, citizen_id FROM cases WHERE rerun_asked_at IS NOT NULL ORDER BY rerun_asked_at, case_id LIMIT {AtOnce}", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var asked = new List<(Guid CaseId, Guid CitizenId)>();
        while (await reader.ReadAsync(cancellationToken)) asked.Add((reader.GetGuid(0), reader.GetGuid(1)));
        return ([.. asked.Select(one => one.CaseId)], [.. asked.Select(one => one.CitizenId)]);
    }

    [LoggerMessage(LogLevel.Information, "{Cases} traces were computed anew by policy {Policy}.")]
    private partial void RanAgain(int cases, string policy);
}

/// <summary>Which traces to compute anew.</summary>
/// <param name="CaseId">The case; absent for every case whose visits are still kept.</param>
public sealed record RunRequest(Guid? CaseId = null);

/// <summary>What was asked for; it is done within seconds to minutes.</summary>
/// <param name="Cases">So many traces.</param>
/// <param name="Policy">By this policy.</param>
public sealed record RunsAsked(int Cases, string Policy);

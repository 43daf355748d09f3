using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>A trace is computed again from the inputs on record and by the same policy, and compared with what was found then; and with what the visits say today.</summary>
internal static class VerifyTraceRun
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/traces/{caseId:guid}/runs/{runId:guid}/verification", HandleAsync)
        .WithName("VerifyTraceRun")
        .WithTags("Tracing")
        .WithSummary("Computes a run again from its inputs and compares the hashes; shows nobody. Where the visits are forgotten there is nothing to compute from.")
        .WithExample(answer: new RunVerification(Examples.RunId, "trace-2026-1", InputsKept: true, InputsIntact: true, Examples.Hash, Examples.Hash, Reproduced: true, VisitsUnchanged: true))
        .Allow(Roles.HealthOfficer, Roles.Approver, Roles.Auditor);

    private static async Task<Results<Ok<RunVerification>, Refusal>> HandleAsync(
        Guid caseId, Guid runId, PlaceRegistrationDb db, NpgsqlDataSource database, CaseTracing tracing, TracePolicyBook policies, CancellationToken cancellationToken)
    {
        var run = await db.TraceRuns.AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId && run.CaseId == caseId, cancellationToken);
        if (run is null) return Refusal.NotFound("trace_run_unknown");

        var recorded = Convert.ToHexStringLower(run.ResultHash);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await InputsAsync(connection, runId, cancellationToken) is not { } inputs)
            return TypedResults.Ok(new RunVerification(runId, run.Policy, InputsKept: false, InputsIntact: false, recorded, Computed: null, Reproduced: null, VisitsUnchanged: null));

        var policy = policies.Of(run.Policy);
        var computed = TraceRecord.HashOf(inputs.Compute(policy));
        var (air, breaths, _) = await tracing.FindAsync(connection, transaction: null, [inputs.Source], policy, cancellationToken);
        return TypedResults.Ok(new RunVerification(
            runId, run.Policy, InputsKept: true, SHA256.HashData(inputs.Write()).AsSpan().SequenceEqual(run.InputsHash), recorded, Convert.ToHexStringLower(computed),
            computed.AsSpan().SequenceEqual(run.ResultHash),
            SHA256.HashData(TraceInputs.Of(inputs.Source, air, breaths).Write()).AsSpan().SequenceEqual(run.InputsHash)));
    }

    private static async Task<TraceInputs?> InputsAsync(NpgsqlConnection connection, Guid runId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT inputs FROM trace_inputs WHERE run_id = $1", connection);
        command.Parameters.Add(Sql.Value(runId));
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] packed ? TraceInputs.Read(packed) : null;
    }
}

/// <summary>Whether a run can be computed again with the same result.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Policy">Version of the policy that it was and is computed by.</param>
/// <param name="InputsKept">What it was computed from is still kept; it is forgotten with the oldest visit in it.</param>
/// <param name="InputsIntact">The inputs have the hash that was recorded.</param>
/// <param name="Recorded">SHA-256 of what was found then.</param>
/// <param name="Computed">SHA-256 of what is found now, from the same inputs; absent where they are forgotten.</param>
/// <param name="Reproduced">Both are equal; absent where there is nothing to compute from.</param>
/// <param name="VisitsUnchanged">The visits say today what they said then: nobody has checked out or handed in a visit since; absent as above.</param>
public sealed record RunVerification(
    Guid RunId, string Policy, bool InputsKept, bool InputsIntact, string Recorded, string? Computed, bool? Reproduced, bool? VisitsUnchanged);

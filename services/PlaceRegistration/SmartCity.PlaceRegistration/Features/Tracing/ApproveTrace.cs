using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>An officer has looked at a trace and lets people be told: alone, or, above a size, with a second person.</summary>
internal static partial class ApproveTrace
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/traces/{caseId:guid}/approvals", HandleAsync)
        .WithName("ApproveTrace")
        .WithTags("Tracing")
        .WithSummary("Approves the release of a trace as the caller saw it. It is computed anew first; with the last approval that it needs, people are told. Repeating it changes nothing.")
        .WithExample(new ApprovalRequest(Examples.RunId), new ReleaseView(Examples.CaseId, CaseRelease.Released, "large", 412, 1, 1))
        .Allow(Roles.HealthOfficer, Roles.Approver);

    private static async Task<Results<Ok<ReleaseView>, Refusal>> HandleAsync(
        Guid caseId, ApprovalRequest request, Caller caller, PlaceRegistrationDb db, NpgsqlDataSource database, CaseTracing tracing, TracePolicyBook policies, TimeProvider clock,
        ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.TraceRuns.AsNoTracking().SingleOrDefaultAsync(run => run.Id == request.RunId && run.CaseId == caseId, cancellationToken) is not { } seen)
            return await db.Cases.AnyAsync(traced => traced.CaseId == caseId, cancellationToken) ? Refusal.Invalid("trace_run_unknown", "runId") : Refusal.NotFound("case_unknown");
        await using var locked = await LockedCase.OpenAsync(database, caseId, cancellationToken);
        if (locked is null) return Refusal.Conflict("case_withdrawn");

        var policy = policies.Of(locked.Case.Policy);
        var state = await TraceRelease.ReadAsync(locked.Connection, locked.Transaction, caseId, policy, cancellationToken);
        if (state.Release != CaseRelease.Released)
        {
            var trace = (await tracing.TraceAsync(locked.Connection, locked.Transaction, [locked.Case], TraceCause.Approved, now, cancellationToken))[0];
            if (!TraceRecord.HashOf(trace.Findings).AsSpan().SequenceEqual(seen.ResultHash))
            {
                // What it holds now is on record, to be looked at.
                await locked.Transaction.CommitAsync(cancellationToken);
                return Refusal.Conflict("trace_changed", "runId");
            }

            await locked.DecideAsync(TraceDecisionKind.Approved, reason: null, caller.Actor, state.People, now, cancellationToken);
            state = await TraceRelease.IfApprovedAsync(locked.Connection, locked.Transaction, caseId, policy, now, cancellationToken);
            await locked.Transaction.CommitAsync(cancellationToken);
            Approved(loggers.CreateLogger(typeof(ApproveTrace)), caseId, state.Release);
        }

        return TypedResults.Ok(ReleaseView.Of(caseId, state));
    }

    [LoggerMessage(LogLevel.Information, "The trace of case {CaseId} was approved: {Release}.")]
    private static partial void Approved(ILogger logger, Guid caseId, CaseRelease release);
}

/// <summary>An approval.</summary>
/// <param name="RunId">The run whose result the officer has seen, <c>lastRun</c> of the trace.</param>
public sealed record ApprovalRequest(Guid RunId);

/// <summary>How far the release of a trace is.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Release">Whether people have been told.</param>
/// <param name="ReleaseClass">The policy's class of releases.</param>
/// <param name="Contacts">How many persons it holds.</param>
/// <param name="Approvals">Officers who have approved it as it is.</param>
/// <param name="ApprovalsNeeded">So many different officers have to.</param>
public sealed record ReleaseView(Guid CaseId, CaseRelease Release, string ReleaseClass, int Contacts, int Approvals, int ApprovalsNeeded)
{
    internal static ReleaseView Of(Guid caseId, ReleaseState state) => new(caseId, state.Release, state.Class, state.People, state.Approvals, state.Needed);
}

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>A trace should not have been released: what people were told is taken back everywhere, and goes out again only when officers approve it anew.</summary>
internal static partial class RecallTrace
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/traces/{caseId:guid}/recall", HandleAsync)
        .WithName("RecallTrace")
        .WithTags("Tracing")
        .WithSummary("Takes back everything that was told of a case. Repeating it changes nothing.")
        .WithExample(new RecallRequest(RecallReason.CaseDoubted), new ReleaseView(Examples.CaseId, CaseRelease.Recalled, "ordinary", 31, 0, 1))
        .Allow(Roles.HealthOfficer);

    private static async Task<Results<Ok<ReleaseView>, Refusal>> HandleAsync(
        Guid caseId, RecallRequest request, Caller caller, PlaceRegistrationDb db, NpgsqlDataSource database, TracePolicyBook policies, TimeProvider clock,
        ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var locked = await LockedCase.OpenAsync(database, caseId, cancellationToken);
        if (locked is null) return await db.Cases.AnyAsync(traced => traced.CaseId == caseId, cancellationToken) ? Refusal.Conflict("case_withdrawn") : Refusal.NotFound("case_unknown");

        var policy = policies.Of(locked.Case.Policy);
        var state = await TraceRelease.ReadAsync(locked.Connection, locked.Transaction, caseId, policy, cancellationToken);
        if (state.Release != CaseRelease.Recalled)
        {
            await using (var command = new NpgsqlCommand("UPDATE cases SET release = 'Recalled' WHERE case_id = $1", locked.Connection, locked.Transaction))
            {
                command.Parameters.Add(Sql.Value(caseId));
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            await locked.DecideAsync(TraceDecisionKind.Recalled, request.Reason, caller.Actor, state.People, now, cancellationToken);
            await ExposureLog.TakeBackAsync(locked.Connection, locked.Transaction, caseId, withdrawn: false, now, cancellationToken);
            state = await TraceRelease.ReadAsync(locked.Connection, locked.Transaction, caseId, policy, cancellationToken);
            await locked.Transaction.CommitAsync(cancellationToken);
            Recalled(loggers.CreateLogger(typeof(RecallTrace)), caseId);
        }

        return TypedResults.Ok(ReleaseView.Of(caseId, state));
    }

    [LoggerMessage(LogLevel.Information, "What was told of case {CaseId} was taken back.")]
    private static partial void Recalled(ILogger logger, Guid caseId);
}

/// <summary>A recall.</summary>
/// <param name="Reason">Why.</param>
public sealed record RecallRequest(RecallReason Reason);

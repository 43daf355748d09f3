using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>An officer takes a step on, gives it back, hands it to a colleague, or decides it.</summary>
internal static class WorkOnStep
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/department/steps/{id:guid}/claim", ClaimAsync)
            .WithName("ClaimStep")
            .WithTags("Department inbox")
            .WithSummary("Takes a step of the caller's own department on: nobody else works on it then. Repeated, nothing more happens.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: Examples.StepSummary);
        features.MapPost("/department/steps/{id:guid}/release", ReleaseAsync)
            .WithName("ReleaseStep")
            .WithTags("Department inbox")
            .WithSummary("Gives a step that the caller has taken on back to the department's inbox. Repeated, nothing more happens.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: Examples.StepSummary);
        features.MapPost("/department/steps/{id:guid}/delegation", DelegateAsync)
            .WithName("DelegateStep")
            .WithTags("Department inbox")
            .WithSummary("Hands a step that the caller has taken on to a colleague of the same department, who finds it with claimed=me.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(new DelegateRequest(Examples.Id), Examples.StepSummary);
        features.MapPost("/department/steps/{id:guid}/decision", DecideAsync)
            .WithName("DecideStep")
            .WithTags("Department inbox")
            .WithSummary("Decides a step that the caller has taken on: approved, refused, or returned to the applicant for correction; the same again changes nothing.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(new DecideStepRequest(StepOutcome.Approved, "符合要求 / Meets the requirements"), Examples.StepSummary);
    }

    private static Task<Results<Ok<StepSummary>, Refusal>> ClaimAsync(Guid id, Caller caller, Step steps, CancellationToken cancellationToken) =>
        steps.ChangeAsync(id, caller, (application, step, department, now) =>
        {
            if (step.ClaimedBy == caller.Actor) return null;
            if (step.ClaimedBy is not null) return Refusal.Conflict("step_claimed");
            step.Claim(caller.Actor);
            application.Note(EntryKind.Claimed, now, step, department, caller.Actor);
            return null;
        }, cancellationToken);

    private static Task<Results<Ok<StepSummary>, Refusal>> ReleaseAsync(Guid id, Caller caller, Step steps, CancellationToken cancellationToken) =>
        steps.ChangeAsync(id, caller, (application, step, department, now) =>
        {
            if (step.ClaimedBy is null) return null;
            if (step.ClaimedBy != caller.Actor) return Refusal.Conflict("step_claimed");
            step.Claim(null);
            application.Note(EntryKind.Released, now, step, department, caller.Actor);
            return null;
        }, cancellationToken);

    private static Task<Results<Ok<StepSummary>, Refusal>> DelegateAsync(
        Guid id, DelegateRequest request, Caller caller, Step steps, CancellationToken cancellationToken) =>
        steps.ChangeAsync(id, caller, (application, step, department, now) =>
        {
            if (step.ClaimedBy == request.OfficerId) return null;
            if (step.ClaimedBy != caller.Actor) return Refusal.Conflict("step_not_claimed");
            step.Claim(request.OfficerId);
            application.Note(EntryKind.Delegated, now, step, department, caller.Actor);
            return null;
        }, cancellationToken);

    private static async Task<Results<Ok<StepSummary>, Refusal>> DecideAsync(
        Guid id, DecideStepRequest request, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CloseApplication close, PersonalData personalData,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.Outcome == StepOutcome.Dropped) return Refusal.Invalid("value_invalid", "outcome");
        if (request.Outcome != StepOutcome.Approved && string.IsNullOrWhiteSpace(request.Text)) return Refusal.Invalid("reason_missing", "text");
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (await db.FindStepAsync(id, department, cancellationToken) is not var (application, step)) return Refusal.NotFound();
        var now = clock.GetUtcNow();
        if (step is { IsOpen: false })
        {
            return step.FinishedBy == caller.Actor && step.Outcome == request.Outcome
                ? TypedResults.Ok(StepSummary.Of(step, application, catalogue, caller, now))
                : Refusal.Conflict("step_finished");
        }

        if (step.ClaimedBy != caller.Actor) return Refusal.Conflict("step_not_claimed");
        var content = personalData.ContentOf(application);
        application.Finish(
            catalogue.Of(application).Definition, step, request.Outcome, caller.Actor, department,
            request.Text is { Length: > 0 } text ? personalData.Seal(text, application.Id) : null, new Inputs(content.Form, content.Facts, now), now);
        await close.IfEndedAsync(application, content, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(StepSummary.Of(step, application, catalogue, caller, now));
    }

    /// <summary>An open step of the caller's department, changed and saved.</summary>
    internal sealed class Step(GovernmentServicesDb db, ServiceCatalogue catalogue, TimeProvider clock)
    {
        public async Task<Results<Ok<StepSummary>, Refusal>> ChangeAsync(
            Guid id, Caller caller, Func<Application, ApplicationStep, string, DateTimeOffset, Refusal?> change, CancellationToken cancellationToken)
        {
            if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
            if (await db.FindStepAsync(id, department, cancellationToken) is not var (application, step)) return Refusal.NotFound();
            if (!step.IsOpen) return Refusal.Conflict("step_finished");
            var now = clock.GetUtcNow();
            if (change(application, step, department, now) is { } refusal) return refusal;
            await db.SaveChangesAsync(cancellationToken);
            return TypedResults.Ok(StepSummary.Of(step, application, catalogue, caller, now));
        }
    }
}

/// <summary>A colleague.</summary>
/// <param name="OfficerId">Their account. Whether they are of the department shows when they act: nobody else can.</param>
public sealed record DelegateRequest(Guid OfficerId);

/// <summary>A decision about a step.</summary>
/// <param name="Outcome"><c>approved</c>, <c>refused</c> or <c>returned</c>.</param>
/// <param name="Text">What the applicant reads, at most 2000 characters; required for a refusal (the reason) and a return (what to correct).</param>
public sealed record DecideStepRequest(StepOutcome Outcome, [property: StringLength(2000)] string? Text = null);

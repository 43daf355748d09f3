using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>An officer sees what their department has to do. The inbox shows nothing of an applicant: forms are opened one at a time, on record.</summary>
internal static class DepartmentInbox
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/department/steps", ListAsync)
            .WithName("ListDepartmentSteps")
            .WithTags("Department inbox")
            .WithSummary("Steps that wait for the caller's own department, oldest first: all, only what nobody has taken on (claimed=nobody), or the caller's own (claimed=me).")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: new Page<StepSummary>([Examples.StepSummary]));
        features.MapGet("/department/steps/{id:guid}", OpenAsync)
            .WithName("OpenDepartmentStep")
            .WithTags("Department inbox")
            .WithSummary("A step of the caller's own department with the fields that it needs, and what other departments said. That it was opened is recorded, and the applicant sees that.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: Examples.DepartmentStep);
        features.MapGet("/department/steps/{id:guid}/materials/{key}", DownloadAsync)
            .WithName("DownloadMaterial")
            .WithTags("Department inbox")
            .WithSummary("A file that the applicant brought, as it came. That it was opened is recorded, and the applicant sees that.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/jpeg", "image/png", "application/pdf")
            .Allow(Roles.DepartmentOfficer);
    }

    private static async Task<Results<Ok<Page<StepSummary>>, Refusal>> ListAsync(
        Word<ClaimedBy>? claimed, [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var steps = db.ApplicationSteps.AsNoTracking().Where(step => step.Outcome == null && (step.Department == department || step.EscalatedTo == department));
        steps = claimed?.Value switch
        {
            ClaimedBy.Nobody => steps.Where(step => step.ClaimedBy == null),
            ClaimedBy.Me => steps.Where(step => step.ClaimedBy == caller.Actor),
            _ => steps,
        };
        if (after is { } id) steps = steps.Where(step => step.Id.CompareTo(id) > 0);

        var rows = await steps.OrderBy(step => step.Id).Take(page.Take + 1)
            .Join(db.Applications, step => step.ApplicationId, application => application.Id, (step, application) => new { step, application })
            .OrderBy(row => row.step.Id)
            .ToListAsync(cancellationToken);
        StepSummary[] views = [.. rows.Select(row => StepSummary.Of(row.step, row.application, catalogue, caller, clock.GetUtcNow()))];
        return TypedResults.Ok(Page<StepSummary>.From(views, page.Take, view => view.Id.ToString()));
    }

    private static async Task<Results<Ok<DepartmentStep>, Refusal>> OpenAsync(
        Guid id, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CityDirectory directory, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (await db.FindStepAsync(id, department, cancellationToken) is not var (application, step)) return Refusal.NotFound();

        application.Note(EntryKind.Opened, clock.GetUtcNow(), step, department, caller.Actor);
        await db.SaveChangesAsync(cancellationToken);
        var (service, language) = (catalogue.Of(application).Definition, CultureInfo.CurrentUICulture);
        var content = personalData.ContentOf(application);
        var sees = service.Stages[step.Stage].Steps[step.Key].Sees;
        return TypedResults.Ok(new DepartmentStep(
            StepSummary.Of(step, application, catalogue, caller, clock.GetUtcNow()),
            [
                .. service.Form.Fields.Where(field => content.Form.ContainsKey(field.Key) && sees?.Contains(field.Key) != false)
                    .Select(field => new StepField(field.Key, field.Value.Name.In(language), content.Form[field.Key], application.FieldsFromCity.Contains(field.Key))),
            ],
            content.Materials,
            [
                .. application.Steps.Where(other => other.Id != step.Id && !other.IsOpen && other.Outcome != StepOutcome.Dropped).OrderBy(other => other.Id)
                    .Select(other => new StepOpinion(
                        other.Key, directory.NameOfDepartment(other.Department), other.Outcome!.Value, other.FinishedAt!.Value,
                        other.SealedText is { } text ? personalData.Open(text, application.Id) : null)),
            ]));
    }

    private static async Task<IResult> DownloadAsync(
        Guid id, [StringLength(50)] string key, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (await db.FindStepAsync(id, department, cancellationToken) is not var (application, step)) return Refusal.NotFound();
        if (personalData.ContentOf(application).Materials.GetValueOrDefault(key)?.AttachmentId is not { } attachmentId) return Refusal.NotFound();
        if (await db.Attachments.AsNoTracking().SingleOrDefaultAsync(row => row.Id == attachmentId, cancellationToken) is not { } attachment) return Refusal.NotFound();

        application.Note(EntryKind.Opened, clock.GetUtcNow(), step, department, caller.Actor);
        await db.SaveChangesAsync(cancellationToken);
        return personalData.Download(attachment);
    }

    /// <summary>A step that the department may act on, with its application; null where there is none.</summary>
    public static async Task<(Application Application, ApplicationStep Step)?> FindStepAsync(
        this GovernmentServicesDb db, Guid id, string department, CancellationToken cancellationToken)
    {
        var application = await db.Applications.Include(row => row.Steps).SingleOrDefaultAsync(row => row.Steps.Any(step => step.Id == id), cancellationToken);
        return application?.Steps.Single(step => step.Id == id) is { } found && found.IsFor(department) ? (application, found) : null;
    }
}

/// <summary>Who has taken a step on.</summary>
public enum ClaimedBy
{
    /// <summary>Nobody yet.</summary>
    Nobody,

    /// <summary>The caller.</summary>
    Me,
}

/// <summary>A step in short: nothing of the applicant.</summary>
/// <param name="Id">The step.</param>
/// <param name="ApplicationId">The application.</param>
/// <param name="Service">What for.</param>
/// <param name="ServiceName">Its name, in the caller's language.</param>
/// <param name="Step">What is to be done.</param>
/// <param name="StepName">Its name, in the caller's language.</param>
/// <param name="OpenedAt">Since when it waits, UTC.</param>
/// <param name="ApplicationDueAt">Until when the application is to be decided, UTC.</param>
/// <param name="Overdue">Whether the step's own time is over.</param>
/// <param name="DueAt">Until when it is to be done, UTC; absent where it has no clock of its own.</param>
/// <param name="EscalatedFrom">The department that did not do it in time; absent where none did.</param>
/// <param name="Claimed">Who has taken it on; absent where a colleague has.</param>
/// <param name="Outcome">How it ended; absent while it waits.</param>
public sealed record StepSummary(
    Guid Id, Guid ApplicationId, string Service, string ServiceName, string Step, string StepName, DateTimeOffset OpenedAt, DateTimeOffset ApplicationDueAt, bool Overdue,
    DateTimeOffset? DueAt = null, string? EscalatedFrom = null, ClaimedBy? Claimed = null, StepOutcome? Outcome = null)
{
    internal static StepSummary Of(ApplicationStep step, Application application, ServiceCatalogue catalogue, Caller caller, DateTimeOffset now)
    {
        var (service, language) = (catalogue.Of(application).Definition, CultureInfo.CurrentUICulture);
        return new StepSummary(
            step.Id, application.Id, service.Key, service.Name.In(language), step.Key, service.Stages[step.Stage].Steps[step.Key].Name.In(language), step.OpenedAt,
            application.DueAt, step.IsOpen && step.DueAt <= now, step.DueAt, step.EscalatedAt is null ? null : step.Department,
            step.ClaimedBy is null ? ClaimedBy.Nobody : step.ClaimedBy == caller.Actor ? ClaimedBy.Me : null, step.Outcome);
    }
}

/// <summary>A step as an officer works on it.</summary>
/// <param name="Step">In short.</param>
/// <param name="Fields">The fields of the form that the department needs.</param>
/// <param name="Materials">How each paper was satisfied.</param>
/// <param name="Opinions">What was decided about other steps.</param>
public sealed record DepartmentStep(
    StepSummary Step, IReadOnlyList<StepField> Fields, IReadOnlyDictionary<string, MaterialGiven> Materials, IReadOnlyList<StepOpinion> Opinions);

/// <summary>A field of a form as an officer reads it.</summary>
/// <param name="Key">The property of the form.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Value">What it says.</param>
/// <param name="FromCity">Whether the city's register says so: it need not be checked.</param>
public sealed record StepField(string Key, string Name, JsonElement Value, bool FromCity);

/// <summary>What a department decided about a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="DepartmentName">Who, in the caller's language.</param>
/// <param name="Outcome">What.</param>
/// <param name="FinishedAt">When, UTC.</param>
/// <param name="Remark">What they wrote; absent for nothing.</param>
public sealed record StepOpinion(string Step, string DepartmentName, StepOutcome Outcome, DateTimeOffset FinishedAt, string? Remark = null);

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Features.Booking;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>A person follows their applications, step by step in plain words, and sees who opened them.</summary>
internal static class MyApplications
{
    private const int MostEntriesShown = 200;

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/me/applications", ListAsync)
            .WithName("ListMyApplications")
            .WithTags("Applications")
            .WithSummary("The caller's own applications, newest first.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: new Page<ApplicationSummary>([Examples.ApplicationSummary]));
        features.MapGet("/me/applications/{id:guid}", ShowAsync)
            .WithName("ShowMyApplication")
            .WithTags("Applications")
            .WithSummary("An application of the caller's own: its form, where it is, every step so far in plain words, and which department opened it when.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: Examples.MyApplication)
            .AlsoReadAloud<MyApplication>(ReadAloud.Sentences);
        features.MapGet("/me/data-uses", ListUsesAsync)
            .WithName("ListMyDataUses")
            .WithTags("Applications")
            .WithSummary("When the city read the caller's facts from its register to fill in a form, which facts, and what became of it; newest first.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: new Page<DataUseView>([Examples.DataUse]));
    }

    private static async Task<Results<Ok<Page<ApplicationSummary>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var applications = db.Applications.AsNoTracking().Where(application => application.AccountId == caller.AccountId);
        if (after is { } id) applications = applications.Where(application => application.Id.CompareTo(id) < 0);
        var rows = await applications.OrderByDescending(application => application.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        ApplicationSummary[] views = [.. rows.Select(application => ApplicationSummary.Of(application, catalogue))];
        return TypedResults.Ok(Page<ApplicationSummary>.From(views, page.Take, view => view.Id.ToString()));
    }

    private static async Task<Results<Ok<MyApplication>, Refusal>> ShowAsync(
        Guid id, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CityDirectory directory, PersonalData personalData,
        CancellationToken cancellationToken)
    {
        var application = await db.Applications.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.AccountId == caller.AccountId, cancellationToken);
        if (application is null) return Refusal.NotFound();
        var entries = await db.ApplicationEntries.AsNoTracking().Where(entry => entry.ApplicationId == id)
            .OrderByDescending(entry => entry.Number).Take(MostEntriesShown).ToListAsync(cancellationToken);
        var certificate = await db.Certificates.AsNoTracking().Where(row => row.ApplicationId == id).Select(row => (Guid?)row.Id).SingleOrDefaultAsync(cancellationToken);

        var content = personalData.ContentOf(application);
        var service = catalogue.Of(application).Definition;
        return TypedResults.Ok(new MyApplication(
            ApplicationSummary.Of(application, catalogue), content.Form, application.FieldsFromCity, content.Materials,
            [.. Enumerable.Reverse(entries).Select(entry => EntryView.Of(entry, service, directory, personalData))], application.BookingId, certificate));
    }

    private static async Task<Results<Ok<Page<DataUseView>>, Refusal>> ListUsesAsync(
        [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, ServiceCatalogue catalogue, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var uses = db.DataUses.AsNoTracking().Where(use => use.AccountId == caller.AccountId);
        if (after is { } id) uses = uses.Where(use => use.Id.CompareTo(id) < 0);
        var rows = await uses.OrderByDescending(use => use.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        DataUseView[] views =
        [
            .. rows.Select(use => new DataUseView(
                use.Id, use.Service, use.Service == AgreeToBookingFacts.Service ? Texts.Of("DataUse.Booking") : catalogue.NameOf(use.Service).In(CultureInfo.CurrentUICulture), use.Facts, use.AgreedAt, use.ReadAt, use.ApplicationId)),
        ];
        return TypedResults.Ok(Page<DataUseView>.From(views, page.Take, view => view.Id.ToString()));
    }
}

/// <summary>An application in short.</summary>
/// <param name="Id">The application.</param>
/// <param name="Service">What for.</param>
/// <param name="ServiceName">Its name, in the caller's language.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Stage">The state of the workflow that it is in.</param>
/// <param name="StageName">In plain words, in the caller's language.</param>
/// <param name="SubmittedAt">When it was submitted, UTC.</param>
/// <param name="DueAt">Until when it is to be decided, UTC; moved on by the time that the applicant has it.</param>
/// <param name="Overdue">Whether that time went by without a decision.</param>
/// <param name="DecidedAt">When it ended, UTC; absent until then.</param>
public sealed record ApplicationSummary(
    Guid Id, string Service, string ServiceName, ApplicationState State, string Stage, string StageName, DateTimeOffset SubmittedAt, DateTimeOffset DueAt, bool Overdue,
    DateTimeOffset? DecidedAt = null)
{
    internal static ApplicationSummary Of(Application application, ServiceCatalogue catalogue)
    {
        var (definition, language) = (catalogue.Of(application).Definition, CultureInfo.CurrentUICulture);
        var stage = application.State is ApplicationState.WithApplicant or ApplicationState.Withdrawn ? Texts.Of(application.State) : definition.Stages[application.Stage].Name.In(language);
        return new ApplicationSummary(
            application.Id, definition.Key, definition.Name.In(language), application.State, application.Stage, stage, application.SubmittedAt, application.DueAt,
            application.OverdueAt is not null, application.DecidedAt);
    }
}

/// <summary>An application of the caller.</summary>
/// <param name="Application">In short.</param>
/// <param name="Form">The form.</param>
/// <param name="FieldsFromCity">The fields that the city filled in.</param>
/// <param name="Materials">How each paper was satisfied.</param>
/// <param name="Entries">What happened, oldest first; of more than 200, the last 200.</param>
/// <param name="BookingId">The place in a slot that belongs to it; absent where none does.</param>
/// <param name="CertificateId">What was issued; absent until something was.</param>
public sealed record MyApplication(
    ApplicationSummary Application, IReadOnlyDictionary<string, JsonElement> Form, IReadOnlyList<string> FieldsFromCity,
    IReadOnlyDictionary<string, MaterialGiven> Materials, IReadOnlyList<EntryView> Entries, Guid? BookingId = null, Guid? CertificateId = null);

/// <summary>Something that happened to an application.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Kind">What.</param>
/// <param name="Text">In plain words, in the caller's language.</param>
/// <param name="Step">The step that it was about; absent where it was about the whole.</param>
/// <param name="Department">Who did it; absent for the applicant's own deeds and for clocks.</param>
/// <param name="Remark">What the department wrote; absent where it wrote nothing.</param>
public sealed record EntryView(int Number, DateTimeOffset At, EntryKind Kind, string Text, string? Step = null, string? Department = null, string? Remark = null)
{
    internal static EntryView Of(ApplicationEntry entry, ServiceDefinition service, CityDirectory directory, PersonalData personalData)
    {
        var language = CultureInfo.CurrentUICulture;
        var stage = service.Stages[entry.Stage];
        var about = entry.Step is { } step ? stage.Steps[step].Name : stage.Name;
        var department = entry.Department is { } who ? directory.NameOfDepartment(who) : "";
        return new EntryView(
            entry.Number, entry.At, entry.Kind, string.Format(language, Texts.Of(entry.Kind), about.In(language), department), entry.Step, entry.Department,
            entry.SealedText is { } text ? personalData.Open(text, entry.ApplicationId) : null);
    }
}

/// <summary>The city read facts of the caller from its register.</summary>
/// <param name="Id">The consent; the register's own record names it too.</param>
/// <param name="Service">The form that was filled in.</param>
/// <param name="ServiceName">Its name, in the caller's language.</param>
/// <param name="Facts">Which facts.</param>
/// <param name="AgreedAt">When the caller agreed, UTC.</param>
/// <param name="ReadAt">When they were read, UTC; absent where the register did not answer.</param>
/// <param name="ApplicationId">The application that they were used for; absent where none was submitted.</param>
public sealed record DataUseView(
    Guid Id, string Service, string ServiceName, IReadOnlyList<string> Facts, DateTimeOffset AgreedAt, DateTimeOffset? ReadAt = null, Guid? ApplicationId = null);

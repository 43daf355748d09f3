using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>Everybody finds what they need at one door: by word, by moment in life, or by who applies.</summary>
internal static class ListServices
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder features)
    {
        // Read now: a catalogue that is wrong is found at start and not by the first who asks.
        features.ServiceProvider.GetRequiredService<ServiceCatalogue>();
        features.MapGet("/services", List)
            .WithName("ListServices")
            .WithTags("Services")
            .WithSummary("The services that can be applied for: all that match, the best match first; the list is short and has one page.")
            .AllowEveryone()
            .WithExample(answer: new Page<ServiceSummary>([Examples.ServiceSummary]));
        features.MapGet("/services/{key}", Show)
            .WithName("ShowService")
            .WithTags("Services")
            .WithSummary("A service: who may apply, what is needed, how long it takes, its form as JSON Schema, and every step that an application goes through.")
            .AllowEveryone()
            .WithExample(answer: Examples.Service);
        features.MapGet("/life-events", ListLifeEvents)
            .WithName("ListLifeEvents")
            .WithTags("Services")
            .WithSummary("Moments in life, each with the services that people then need; the list is short and has one page.")
            .AllowEveryone()
            .WithExample(answer: new Page<LifeEventView>([new LifeEventView("moving-in", "来沪居住 / Moving in", "登记居住，就近办事。 / Register and find what is near.", [Examples.ServiceSummary])]));
    }

    private static PublicAnswer<Page<ServiceSummary>> List(
        [FromQuery, StringLength(100)] string? q, [FromQuery, StringLength(50)] string? lifeEvent, Word<Applicants>? applicants, ServiceCatalogue catalogue,
        CityDirectory directory) => new(
        new Page<ServiceSummary>([.. catalogue.Search(q, lifeEvent, applicants?.Value).Select(service => ServiceSummary.Of(service.Definition, directory))]),
        MaxAge);

    private static Results<PublicAnswer<ServiceView>, Refusal> Show([StringLength(50)] string key, ServiceCatalogue catalogue, CityDirectory directory) =>
        catalogue.Current.TryGetValue(key, out var service) ? new PublicAnswer<ServiceView>(ServiceView.Of(service.Definition, directory), MaxAge) : Refusal.NotFound();

    private static PublicAnswer<Page<LifeEventView>> ListLifeEvents(ServiceCatalogue catalogue, CityDirectory directory)
    {
        var language = CultureInfo.CurrentUICulture;
        return new PublicAnswer<Page<LifeEventView>>(
            new Page<LifeEventView>(
            [
                .. catalogue.LifeEvents.Select(entry => new LifeEventView(
                    entry.Key, entry.Value.Name.In(language), entry.Value.Summary.In(language),
                    [.. catalogue.Search(null, entry.Key, null).Select(service => ServiceSummary.Of(service.Definition, directory))])),
            ]),
            MaxAge);
    }
}

/// <summary>A service in short.</summary>
/// <param name="Key">What an application names.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Summary">What it is for, in the caller's language.</param>
/// <param name="Department">Who answers for it.</param>
/// <param name="DepartmentName">Their name, in the caller's language.</param>
/// <param name="Applicants">Who may apply.</param>
/// <param name="Promised">Within what time it is decided, without the time that the applicant has it.</param>
public sealed record ServiceSummary(string Key, string Name, string Summary, string Department, string DepartmentName, Applicants Applicants, TimeSpan Promised)
{
    internal static ServiceSummary Of(ServiceDefinition service, CityDirectory directory) => new(
        service.Key, service.Name.In(CultureInfo.CurrentUICulture), service.Summary.In(CultureInfo.CurrentUICulture),
        service.Department, directory.NameOfDepartment(service.Department), service.Applicants, service.Promised);
}

/// <summary>A service.</summary>
/// <param name="Service">In short.</param>
/// <param name="Version">Of its definition; an application is handled by the version it was made under.</param>
/// <param name="WhoMayApply">In the caller's language.</param>
/// <param name="Materials">The papers that the rules ask for. What the city has already, it does not ask for.</param>
/// <param name="Schema">The form: JSON Schema 2020-12.</param>
/// <param name="Fields">What each field of the form is called, in order.</param>
/// <param name="Stages">The states that an application can go through, with the departments.</param>
/// <param name="Certificate">What an approval issues, in the caller's language; absent where nothing is issued.</param>
/// <param name="Bookable">What has to be chosen a slot of; absent where nothing has.</param>
public sealed record ServiceView(
    ServiceSummary Service, int Version, string WhoMayApply, IReadOnlyList<MaterialView> Materials, JsonElement Schema, IReadOnlyList<FieldView> Fields,
    IReadOnlyList<StageView> Stages, string? Certificate = null, string? Bookable = null)
{
    internal static ServiceView Of(ServiceDefinition service, CityDirectory directory)
    {
        var language = CultureInfo.CurrentUICulture;
        return new ServiceView(
            ServiceSummary.Of(service, directory), service.Version, service.WhoMayApply.In(language),
            [.. service.Materials.Select(material => new MaterialView(material.Key, material.Name.In(language), material.Source))],
            service.Form.Schema,
            [.. service.Form.Fields.Select(field => new FieldView(field.Key, field.Value.Name.In(language), field.Value.Prefill is not null))],
            [
                .. service.Stages.Select(stage => new StageView(
                    stage.Key, stage.Value.Name.In(language),
                    [.. stage.Value.Steps.Values.Select(step => directory.NameOfDepartment(step.Department)).Distinct()], stage.Value.Within)),
            ],
            service.Certificate?.Name.In(language), service.Appointment?.Item);
    }
}

/// <summary>A paper that the rules ask for.</summary>
/// <param name="Key">Names it within the service.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Source">Who has it.</param>
public sealed record MaterialView(string Key, string Name, MaterialSource Source);

/// <summary>A field of a form.</summary>
/// <param name="Key">The property of the form.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="KnownToCity">Whether the city can fill it in.</param>
public sealed record FieldView(string Key, string Name, bool KnownToCity);

/// <summary>A state that an application can go through.</summary>
/// <param name="Key">Names it within the service.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Departments">Who may have something to do then, side by side.</param>
/// <param name="Within">How long it may take; absent where it has no clock of its own.</param>
public sealed record StageView(string Key, string Name, IReadOnlyList<string> Departments, TimeSpan? Within = null);

/// <summary>A moment in life.</summary>
/// <param name="Key">Names it.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Summary">In the caller's language.</param>
/// <param name="Services">What people then need.</param>
public sealed record LifeEventView(string Key, string Name, string Summary, IReadOnlyList<ServiceSummary> Services);

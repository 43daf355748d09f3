using System.Text.Json;
using System.Text.Json.Serialization;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Domain.Certificates;
using SmartCity.GovernmentServices.Domain.DecisionTables;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Data;

/// <summary>
/// The services that people can apply for: a JSON document for each version (<c>key.version.json</c>) and one of the moments in life (<c>life-events.json</c>), read at
/// start. Every replica of a release has the same. A service with a wrong document does not start.
/// </summary>
internal sealed class ServiceCatalogue
{
    private const string LifeEventsFile = "life-events.json";
    private const int TypeCodeLength = 21;

    private static readonly JsonSerializerOptions Json = Configured();

    private readonly Dictionary<(string Key, int Version), OfferedService> versions;

    private ServiceCatalogue(IReadOnlyList<OfferedService> services, IReadOnlyDictionary<string, LifeEvent> lifeEvents)
    {
        versions = services.ToDictionary(service => (service.Definition.Key, service.Definition.Version));
        Current = services.GroupBy(service => service.Definition.Key).Select(group => group.MaxBy(service => service.Definition.Version)!)
            .OrderBy(service => service.Definition.Key, StringComparer.Ordinal).ToDictionary(service => service.Definition.Key);
        LifeEvents = lifeEvents;
    }

    /// <summary>What can be applied for, in the newest version.</summary>
    public IReadOnlyDictionary<string, OfferedService> Current { get; }

    public IReadOnlyDictionary<string, LifeEvent> LifeEvents { get; }

    /// <summary>The version under which an application was made.</summary>
    public OfferedService Of(Application application) => versions[(application.Service, application.Version)];

    /// <summary>The version under which a certificate was issued.</summary>
    public OfferedService Of(Certificate certificate) => versions[(certificate.Service, certificate.ServiceVersion)];

    public LocalText NameOfCertificate(Certificate certificate) => Of(certificate).Definition.Certificate!.Name;

    /// <summary>Its name; of one that is no longer offered, its key.</summary>
    public LocalText NameOf(string service) => Current.TryGetValue(service, out var known) ? known.Definition.Name : new LocalText(service, service);

    /// <summary>Services whose texts hold every word of the question, the best match first: by name, then by keyword, then by what is said about it.</summary>
    public IEnumerable<OfferedService> Search(string? question, string? lifeEvent, Applicants? applicants)
    {
        var words = question?.Split([' ', '　', ',', '，'], StringSplitOptions.RemoveEmptyEntries) ?? [];
        return Current.Values
            .Where(service => lifeEvent is null || service.Definition.LifeEvents.Contains(lifeEvent))
            .Where(service => applicants is null || service.Definition.Applicants == applicants)
            .Select(service => (Service: service, Rank: words.Select(service.Rank).DefaultIfEmpty(1).Min()))
            .Where(match => match.Rank > 0)
            .OrderByDescending(match => match.Rank)
            .Select(match => match.Service);
    }

    /// <exception cref="InvalidDataException">A document is wrong.</exception>
    public static ServiceCatalogue Read(string folder, CityDirectory directory)
    {
        var lifeEvents = ReadOne<Dictionary<string, LifeEvent>>(Path.Combine(folder, LifeEventsFile));
        var services = Directory.GetFiles(folder, "*.json").Where(file => Path.GetFileName(file) != LifeEventsFile).Order(StringComparer.Ordinal)
            .Select(file =>
            {
                var definition = ReadOne<ServiceDefinition>(file);
                if (Path.GetFileName(file) != $"{definition.Key}.{definition.Version}.json") throw new InvalidDataException($"{file} holds {definition.Key} {definition.Version}.");
                string[] faults = [.. Faults(definition, lifeEvents, directory)];
                return faults is [] ? new OfferedService(definition) : throw new InvalidDataException($"{file}: {string.Join(" ", faults)}");
            });
        return new ServiceCatalogue([.. services], lifeEvents);
    }

    internal static IEnumerable<string> Faults(ServiceDefinition service, IReadOnlyDictionary<string, LifeEvent> lifeEvents, CityDirectory directory)
    {
        var properties = service.Form.Schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).ToHashSet();
        var departments = service.Stages.Values.SelectMany(stage => stage.Steps.Values.Select(step => step.Department).Append(stage.EscalateTo)).Append(service.Department);
        var targets = service.Stages.Values.SelectMany(stage => stage.Targets).Append(service.Start);
        return
        [
            .. departments.OfType<string>().Where(department => !directory.Departments.ContainsKey(department)).Select(department => $"There is no department {department}."),
            .. service.Stages.SelectMany(stage => stage.Value.Select?.Hits.Select(hit => hit["step"].GetString()!).Except(stage.Value.Steps.Keys) ?? [])
                .Select(step => $"There is no step {step}."),
            .. service.Eligibility?.Hits.Select(hit => hit["refusal"].GetString()!).Except(service.Refusals.Keys).Select(refusal => $"There is no refusal {refusal}.") ?? [],
            .. targets.Where(target => !service.Stages.ContainsKey(target)).Select(target => $"There is no state {target}."),
            .. service.Stages.Where(stage => stage.Value.Outcome is null == stage.Value.To is null).Select(stage => $"The state {stage.Key} must either end the application or say what follows."),
            .. service.LifeEvents.Where(key => !lifeEvents.ContainsKey(key)).Select(key => $"There is no life event {key}."),
            .. properties.Except(service.Form.Fields.Keys).Select(field => $"The field {field} has no name."),
            .. service.Form.Fields.Keys.Except(properties).Select(field => $"The form has no field {field}."),
            .. service.Form.Fields.Values.Select(field => field.Prefill).OfType<string>().Except(PersonalFacts.Names).Select(fact => $"There is no fact {fact}."),
            .. (service.Certificate?.Fields ?? []).Except(properties).Select(field => $"The certificate states {field}, which is no field."),
            .. service.Certificate is { } stated && !stated.Fields.Contains(stated.Subject) ? ["The certificate does not say whose it is."] : Array.Empty<string>(),
            .. service.Certificate is { } certificate && certificate.TypeCode.Length != TypeCodeLength ? ["The certificate's type code is not one of 21 characters."] : Array.Empty<string>(),
            .. service.Certificate is not null && !directory.CreditCodes.ContainsKey(service.Department) ? [$"{service.Department} has no code to issue certificates with."] : Array.Empty<string>(),
            .. service.Appointment is { } appointment && !properties.Contains(appointment.Field) ? [$"The slot's field {appointment.Field} is no field."] : Array.Empty<string>(),
        ];
    }

    internal static T ReadOne<T>(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), Json)!;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{file}: {fault.Message}", fault);
        }
    }

    private static JsonSerializerOptions Configured()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        ServiceDefaultsExtensions.Configure(json);
        json.Converters.Add(new CompiledTable());
        return json;
    }

    private sealed class CompiledTable : JsonConverter<DecisionTable>
    {
        public override DecisionTable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return new DecisionTable(JsonSerializer.Deserialize<DecisionTableDefinition>(ref reader, options)!);
            }
            catch (FormatException fault)
            {
                throw new JsonException(fault.Message, fault);
            }
        }

        public override void Write(Utf8JsonWriter writer, DecisionTable value, JsonSerializerOptions options) => throw new NotSupportedException("Tables are read only.");
    }
}

/// <summary>A service with its form's rules, ready to check with.</summary>
internal sealed record OfferedService(ServiceDefinition Definition)
{
    public FormRules Rules { get; } = new(Definition.Form.Schema);

    /// <summary>3 where the word is in the name, 2 in a keyword, 1 in what is said about it; 0 nowhere.</summary>
    public int Rank(string word)
    {
        if (Holds(Definition.Name)) return 3;
        if (Definition.Keywords.Any(keyword => keyword.Contains(word, StringComparison.OrdinalIgnoreCase))) return 2;
        return Holds(Definition.Summary) ? 1 : 0;

        bool Holds(LocalText text) => text.Zh.Contains(word, StringComparison.OrdinalIgnoreCase) || text.En.Contains(word, StringComparison.OrdinalIgnoreCase);
    }
}

internal static class ServiceCatalogueExtensions
{
    public static void AddServiceCatalogue(this WebApplicationBuilder builder) => builder.Services.AddSingleton(provider => ServiceCatalogue.Read(
        builder.Configuration["Catalogue:Folder"] ?? Path.Combine(AppContext.BaseDirectory, "Services"), provider.GetRequiredService<CityDirectory>()));
}

using System.Text.Json;
using SmartCity.GovernmentServices.Domain.DecisionTables;

namespace SmartCity.GovernmentServices.Domain.Applications;

/// <summary>
/// One version of a service of the city, as its document in <c>Services/</c> says. An application is handled to its end by the version it was made under.
/// </summary>
internal sealed record ServiceDefinition(
    string Key, int Version, LocalText Name, LocalText Summary, string Department, Applicants Applicants, LocalText WhoMayApply, TimeSpan Promised,
    FormDefinition Form, string Start, IReadOnlyDictionary<string, Stage> Stages)
{
    /// <summary>More words by which people look for it, in either language.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>Keys of the moments in life at which people need it.</summary>
    public IReadOnlyList<string> LifeEvents { get; init; } = [];

    /// <summary>All papers that the rules ask for: what the city has already, it does not ask for.</summary>
    public IReadOnlyList<MaterialDefinition> Materials { get; init; } = [];

    /// <summary>First match: its output <c>refusal</c> is a key of <see cref="Refusals"/>. No match: may apply. Null: everybody may.</summary>
    public DecisionTable? Eligibility { get; init; }

    /// <summary>Why somebody may not apply, and what to do instead.</summary>
    public IReadOnlyDictionary<string, LocalText> Refusals { get; init; } = new Dictionary<string, LocalText>();

    /// <summary>The booking that the application names; null where it needs none.</summary>
    public AppointmentDefinition? Appointment { get; init; }

    /// <summary>What an approval issues; null for nothing.</summary>
    public CertificateDefinition? Certificate { get; init; }

    /// <summary>Why this person may not apply, a key of <see cref="Refusals"/>; null where they may.</summary>
    public string? Refusal(Inputs inputs) => Eligibility?.Decide(inputs.ToFacts()) is [var hit, ..] ? hit["refusal"].GetString() : null;
}

/// <summary>Who may apply.</summary>
public enum Applicants
{
    /// <summary>A person, for themselves.</summary>
    Person,

    /// <summary>A person, for an enterprise or organisation that the form names by its unified social credit code.</summary>
    Organisation,
}

/// <param name="Schema">JSON Schema 2020-12 of an object.</param>
/// <param name="Fields">What each property is called, and where the city knows it from.</param>
internal sealed record FormDefinition(JsonElement Schema, IReadOnlyDictionary<string, FieldDefinition> Fields);

/// <param name="Name">What people read.</param>
/// <param name="Prefill">The fact that fills it in, see <see cref="PersonalFacts"/>; null for what only the applicant knows.</param>
internal sealed record FieldDefinition(LocalText Name, string? Prefill = null);

/// <param name="Key">Unique within the service.</param>
/// <param name="Name">What people read.</param>
/// <param name="Source">Who has it.</param>
/// <param name="CertificateType">For <see cref="MaterialSource.Certificate"/>: the type of the city's certificate that is the paper.</param>
internal sealed record MaterialDefinition(string Key, LocalText Name, MaterialSource Source, string? CertificateType = null);

/// <summary>Who has a paper.</summary>
public enum MaterialSource
{
    /// <summary>The applicant only.</summary>
    Applicant,

    /// <summary>The city's register of persons: not asked for where the applicant lets it be read.</summary>
    Register,

    /// <summary>The city issued it: not asked for where the applicant holds one that is valid.</summary>
    Certificate,
}

/// <param name="Item">What is booked.</param>
/// <param name="Field">The field of the form that names the booking.</param>
internal sealed record AppointmentDefinition(string Item, string Field);

/// <param name="Type">The type's key.</param>
/// <param name="TypeCode">Its 21-character code after GB/T 36904.</param>
/// <param name="Name">What people read.</param>
/// <param name="Subject">The field that says whose it is: a citizen's ID number or a unified social credit code.</param>
/// <param name="Fields">The fields of the form that it states, the subject among them, each for the holder to show or not.</param>
/// <param name="ValidFor">How long; null without end.</param>
internal sealed record CertificateDefinition(string Type, string TypeCode, LocalText Name, string Subject, IReadOnlyList<string> Fields, TimeSpan? ValidFor = null);

/// <summary>A state of the workflow: its steps go on side by side; when all are done, it is decided where the application goes.</summary>
/// <param name="Name">What the applicant reads while it is here.</param>
internal sealed record Stage(LocalText Name)
{
    public IReadOnlyDictionary<string, StepDefinition> Steps { get; init; } = new Dictionary<string, StepDefinition>();

    /// <summary>Collects the steps that apply (output <c>step</c>); null: all.</summary>
    public DecisionTable? Select { get; init; }

    /// <summary>How long the state may take; null: no clock of its own.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>The department that may act too once the time is over.</summary>
    public string? EscalateTo { get; init; }

    /// <summary>The next state where a step refused; null: the same as for any other end.</summary>
    public string? OnRefusal { get; init; }

    /// <summary>Otherwise the output <c>to</c> of the rule that holds is the next state.</summary>
    public DecisionTable? Route { get; init; }

    /// <summary>The next state where nothing else is said.</summary>
    public string? To { get; init; }

    /// <summary>Ends the application; null for a state in which something is done.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>Every state that can follow.</summary>
    public IEnumerable<string> Targets => [.. new[] { To, OnRefusal }.OfType<string>(), .. Route?.Hits.Select(hit => hit["to"].GetString()!) ?? []];

    /// <summary>The steps that apply.</summary>
    public IEnumerable<string> StepsFor(Inputs inputs) => Select is null ? Steps.Keys : Select.Decide(inputs.ToFacts()).Select(hit => hit["step"].GetString()!).Distinct();

    /// <summary>The state that follows, once the steps are done.</summary>
    public string After(IReadOnlyCollection<ApplicationStep> steps, Inputs inputs)
    {
        if (OnRefusal is not null && steps.Any(step => step.Outcome == StepOutcome.Refused)) return OnRefusal;
        // The catalogue lets no state in that does not end and has nothing after it.
        return Route?.Decide(inputs.ToFacts(steps)) is [var hit, ..] ? hit["to"].GetString()! : To!;
    }
}

/// <summary>What conditions ask about: the form's fields by their names, <c>person.age</c> and the other facts, and <c>step.KEY</c>, how a step of the state ended.</summary>
internal sealed record Inputs(IReadOnlyDictionary<string, JsonElement> Form, PersonalFacts? Person, DateTimeOffset Now)
{
    private static readonly TimeSpan CityTime = TimeSpan.FromHours(8);

    public IReadOnlyDictionary<string, object?> ToFacts(IReadOnlyCollection<ApplicationStep>? steps = null)
    {
        var facts = Form.ToDictionary(field => field.Key, field => (object?)field.Value);
        if (Person is not null)
        {
            foreach (var name in PersonalFacts.Names) facts[name] = Person.Of(name);
            facts["person.age"] = Person.AgeOn(DateOnly.FromDateTime(Now.ToOffset(CityTime).DateTime));
        }

        foreach (var step in steps ?? []) facts[$"step.{step.Key}"] = JsonNamingPolicy.CamelCase.ConvertName(step.Outcome.ToString()!);
        return facts;
    }
}

/// <param name="Name">What the applicant reads.</param>
/// <param name="Department">Whose inbox it goes to.</param>
internal sealed record StepDefinition(LocalText Name, string Department)
{
    /// <summary>The fields that the department sees; null for all.</summary>
    public IReadOnlyList<string>? Sees { get; init; }
}

/// <summary>How an application ends.</summary>
public enum Outcome
{
    /// <summary>Granted.</summary>
    Approved,

    /// <summary>Refused, with the reason.</summary>
    Refused,
}

/// <summary>A moment in life, with the services that people then need.</summary>
internal sealed record LifeEvent(LocalText Name, LocalText Summary);

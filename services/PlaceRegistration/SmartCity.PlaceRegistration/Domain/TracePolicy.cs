namespace SmartCity.PlaceRegistration.Domain;

/// <summary>Every number that tracing goes by, as data. A published version never changes: a new rule is a new version.</summary>
/// <param name="Version">Its name, recorded with every trace.</param>
/// <param name="Otherwise">The air of types of places that have no rule of their own.</param>
/// <param name="Places">The air by type of place.</param>
/// <param name="Ventilations">What ventilation makes of it.</param>
/// <param name="LingerWeight">What a minute in air that the case has left counts against one beside them, 0 to 1.</param>
/// <param name="MergeMinutes">Times together that are no further apart are one: somebody went out for a moment.</param>
/// <param name="Zones">What a minute counts where a case and a contact were in different zones of one place.</param>
/// <param name="Severity">From how many weighted minutes an exposure is one, and how severe.</param>
/// <param name="Caught">When a case may have caught it.</param>
/// <param name="Onward">Contacts of contacts.</param>
/// <param name="Clusters">When cases at one place are a cluster.</param>
/// <param name="Releases">Who must approve a trace before anybody hears of it: the first class that fits decides.</param>
/// <param name="Growth">A released trace may grow by this factor through late visits before it has to be approved again, 1 or more.</param>
/// <param name="ValidFrom">Start of its force, inclusive; null: since ever.</param>
/// <param name="ValidUntil">End of its force, exclusive; null: until further notice.</param>
internal sealed record TracePolicy(
    string Version, AirRule Otherwise, IReadOnlyDictionary<PlaceType, AirRule> Places, IReadOnlyDictionary<Ventilation, VentilationRule> Ventilations,
    double LingerWeight, int MergeMinutes, ZoneRule Zones, SeverityRule Severity, CaughtRule Caught, OnwardRule Onward, ClusterRule Clusters,
    IReadOnlyList<ReleaseClass> Releases, double Growth, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidUntil = null)
{
    public TimeSpan Merge => TimeSpan.FromMinutes(MergeMinutes);

    public bool IsInForce(DateTimeOffset now) => (ValidFrom is null || now >= ValidFrom) && (ValidUntil is null || now < ValidUntil);

    /// <summary>How long the air of such a place stays infectious after a case has left.</summary>
    public TimeSpan LingerOf(PlaceType type, Ventilation ventilation) =>
        TimeSpan.FromMinutes(Math.Round(Air(type).LingerMinutes * Vented(ventilation).Linger));

    /// <summary>What a minute counts there.</summary>
    public double RiskOf(PlaceType type) => Air(type).Risk;

    /// <summary>What ventilation makes of it.</summary>
    public double RiskOf(Ventilation ventilation) => Vented(ventilation).Risk;

    public double WeightOf(ZoneRelation zone) => zone switch
    {
        ZoneRelation.Same => 1,
        ZoneRelation.WholeAndPart => Zones.WholeAndPart,
        ZoneRelation.Neighbours => Zones.Neighbours,
        _ => 0,
    };

    /// <summary>The class that a trace of so many people at such places belongs to. The last class takes everything.</summary>
    public ReleaseClass ClassOf(int people, IReadOnlyCollection<PlaceType> places) =>
        Releases.First(candidate => people <= (candidate.People ?? int.MaxValue) && (candidate.Places is null || places.All(candidate.Places.Contains)));

    /// <summary>What is wrong with the document; null where nothing is.</summary>
    public string? Fault()
    {
        if (Version.Length is 0 or > 50) return "a version has 1 to 50 characters";
        if (ValidUntil <= ValidFrom) return "it ends before it starts";
        if (Places.Values.Append(Otherwise).Any(air => air is not { Risk: >= 0 and <= 10, LingerMinutes: >= 0 and <= 240 })) return "risks are 0 to 10, lingering 0 to 240 minutes";
        if (Ventilations.Values.Any(vented => vented is not { Risk: >= 0 and <= 10, Linger: >= 0 and <= 4 })) return "ventilation changes a risk by 0 to 10 and lingering by 0 to 4";
        if (LingerWeight is < 0 or > 1 || Zones.WholeAndPart is < 0 or > 1 || Zones.Neighbours is < 0 or > 1) return "weights are 0 to 1";
        if (MergeMinutes is < 0 or > 240) return "times together merge over 0 to 240 minutes";
        if (!(0 <= Severity.Low && Severity.Low <= Severity.Moderate && Severity.Moderate <= Severity.High)) return "severities grow from low to high";
        if (Caught is not { LatestDays: >= 0 } || Caught.EarliestDays <= Caught.LatestDays || Caught.EarliestDays > 60) return "it is caught 60 to 0 days before onset, the earliest first";
        if (Onward is not { AfterDays: >= 0 and <= 30, ForDays: >= 1 and <= 30 }) return "contacts pass it on from 0 to 30 days after, for 1 to 30 days";
        if (Clusters.Days is < 1 or > 60 || Clusters.Places.Values.Append(Clusters.Otherwise).Any(cases => cases < 2)) return "a cluster has 2 cases or more within 1 to 60 days";
        if (Releases.Any(one => one.Approvals is < 0 or > 2 || one.People < 1)) return "a release needs 0 to 2 people, for 1 contact or more";
        return Releases is not [.., { People: null, Places: null }] ? "the last class of releases takes everything" : Growth is >= 1 and <= 10 ? null : "growth is 1 to 10";
    }

    private AirRule Air(PlaceType type) => Places.GetValueOrDefault(type) ?? Otherwise;

    private VentilationRule Vented(Ventilation ventilation) => Ventilations.GetValueOrDefault(ventilation) ?? VentilationRule.None;
}

/// <summary>The air of a type of place.</summary>
/// <param name="Risk">What a minute counts there against one in an office.</param>
/// <param name="LingerMinutes">How long the air stays infectious after a case has left.</param>
internal sealed record AirRule(double Risk, int LingerMinutes);

/// <summary>What ventilation makes of the air of a place: factors.</summary>
internal sealed record VentilationRule(double Risk, double Linger)
{
    public static VentilationRule None { get; } = new(1, 1);
}

/// <summary>What a minute counts in different zones; 0: such people are no contacts.</summary>
/// <param name="WholeAndPart">One is known to have been in the building, the other in a room of it.</param>
/// <param name="Neighbours">Both in rooms of one building.</param>
internal sealed record ZoneRule(double WholeAndPart, double Neighbours);

/// <summary>Weighted minutes from which an exposure counts at all, and from which it is moderate or high.</summary>
internal sealed record SeverityRule(double Low, double Moderate, double High);

/// <summary>A case caught it between so many days before onset and so many.</summary>
internal sealed record CaughtRule(int EarliestDays, int LatestDays);

/// <summary>Contacts of contacts: of exposures from a severity on, a contact may pass it on after so many days and for so many.</summary>
internal sealed record OnwardRule(Contracts.ExposureSeverity From, int AfterDays, int ForDays);

/// <summary>So many cases at one place within so many days are a cluster.</summary>
internal sealed record ClusterRule(int Days, int Otherwise, IReadOnlyDictionary<PlaceType, int> Places)
{
    public int For(PlaceType type) => Places.GetValueOrDefault(type, Otherwise);
}

/// <summary>Who must approve a trace.</summary>
/// <param name="Name">For the record.</param>
/// <param name="Approvals">0: released at once; 1: an officer's single click; 2: two different people.</param>
/// <param name="People">Traces with more contacts belong to a later class; null: any number.</param>
/// <param name="Places">Only where all exposures happened at such places; null: anywhere.</param>
internal sealed record ReleaseClass(string Name, int Approvals, int? People = null, IReadOnlyList<PlaceType>? Places = null);

/// <summary>Where a case was, seen from where the contact was.</summary>
public enum ZoneRelation
{
    /// <summary>At the same place.</summary>
    Same,

    /// <summary>In the building that the contact's room is part of, or in a room of the contact's building.</summary>
    WholeAndPart,

    /// <summary>In another room of the same building.</summary>
    Neighbours,
}

/// <summary>How the air of a place is changed.</summary>
public enum Ventilation
{
    /// <summary>Nobody has said.</summary>
    Unknown,

    /// <summary>In the open air.</summary>
    Open,

    /// <summary>Ventilated well.</summary>
    Good,

    /// <summary>Hardly ventilated: basements, closed rooms.</summary>
    Poor,
}

using System.Globalization;
using System.Text.Json;
using SmartCity.HealthCode.CertLogic;

namespace SmartCity.HealthCode.Domain;

/// <summary>The evidence that is in force at a moment, as rules see it. The order in which it was given leaves no trace.</summary>
internal sealed class Facts
{
    private static readonly string[] FactMembers = ["id", "kind", "source", "at", "until", "minutes", "detail"];
    private static readonly string[] DataMembers = ["fact", "evidence"];
    private static readonly EvidenceKind[] Kinds = Enum.GetValues<EvidenceKind>();
    private static readonly Dictionary<EvidenceKind, string> Names = Kinds.ToDictionary(kind => kind, kind => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()));
    private static readonly LogicValue Nothing = LogicValue.Object([], []);

    /// <param name="evidence">All evidence about a person.</param>
    /// <param name="now">The moment.</param>
    /// <param name="read">The kinds that rules read beside the piece that they look at; others are left out of what they see.</param>
    public Facts(IReadOnlyCollection<Evidence> evidence, DateTimeOffset now, KindSet read)
    {
        var inForce = evidence.Where(fact => fact.IsInForce(now)).OrderByDescending(fact => fact.At).ThenByDescending(fact => fact.Id)
            .Select(fact => (Evidence: fact, Value: ToValue(fact))).ToArray();
        var all = inForce.Any(fact => read.Has(fact.Evidence.Kind)) ? ByKind(inForce, read) : Nothing;
        Seen = Array.ConvertAll(inForce, fact => new Fact(fact.Evidence, LogicValue.Object(DataMembers, [fact.Value, all])));
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Fact> Seen { get; }

    /// <param name="Evidence">The piece.</param>
    /// <param name="Data">What a rule that looks at it sees.</param>
    public readonly record struct Fact(Evidence Evidence, LogicValue Data);

    /// <summary>The kind as policies write it.</summary>
    public static string NameOf(EvidenceKind kind) => Names[kind];

    private static LogicValue ByKind((Evidence Evidence, LogicValue Value)[] facts, KindSet read)
    {
        var (names, lists) = (new List<string>(), new List<LogicValue>());
        foreach (var kind in Kinds)
        {
            if (!read.Has(kind) || Array.FindAll(facts, fact => fact.Evidence.Kind == kind) is not { Length: > 0 } ofKind) continue;
            names.Add(Names[kind]);
            lists.Add(LogicValue.Array(Array.ConvertAll(ofKind, fact => fact.Value)));
        }

        return LogicValue.Object([.. names], [.. lists]);
    }

    private static LogicValue ToValue(Evidence fact) => LogicValue.Object(FactMembers,
    [
        fact.Id.ToString(),
        Names[fact.Kind],
        JsonNamingPolicy.CamelCase.ConvertName(fact.Source.ToString()),
        Text(fact.At),
        fact.Until is { } until ? Text(until) : default,
        fact.Minutes is { } minutes ? minutes : default(LogicValue),
        fact.Detail is { } detail ? LogicValue.From(JsonElement.Parse(detail)) : default,
    ]);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}

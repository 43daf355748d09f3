using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace SmartCity.HealthCode.CertLogic;

/// <summary>What a rule decides.</summary>
public enum BusinessRuleType
{
    /// <summary>The country that is entered accepts the certificate.</summary>
    Acceptance = 1,

    /// <summary>The country that issued the certificate has not declared it invalid; false means that it has.</summary>
    Invalidation,
}

/// <summary>A rule about European certificates as countries publish it (EU DCC Business Rules 1.x; its logic is CertLogic 1.3.3).</summary>
/// <param name="Identifier">For example GR-CY-0001.</param>
/// <param name="Type">What it decides.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Version">Of two versions valid at one time the higher counts.</param>
/// <param name="CertificateType">General, Vaccination, Test or Recovery.</param>
/// <param name="ValidFrom">Included.</param>
/// <param name="ValidTo">Included.</param>
/// <param name="Descriptions">Texts for people, by language.</param>
/// <param name="Logic">The compiled logic.</param>
public sealed record BusinessRule(
    string Identifier, BusinessRuleType Type, string Country, Version Version, string CertificateType, DateTimeOffset ValidFrom,
    DateTimeOffset ValidTo, IReadOnlyDictionary<string, string> Descriptions, CompiledLogic Logic)
{
    private const string General = "General";

    /// <summary>The newest CertLogic specification that this implementation knows.</summary>
    private static readonly Version Newest = new(1, 3, 3);

    /// <summary>Reads a published rule.</summary>
    /// <param name="json">The rule's JSON object.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="fault">Why it was refused; a rule that cannot be read must not be passed over as if it were fulfilled.</param>
    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out BusinessRule? rule, [NotNullWhen(false)] out string? fault)
    {
        rule = null;
        fault = null;
        if (Text(json, "Engine") != "CERTLOGIC" || !Version.TryParse(Text(json, "EngineVersion"), out var engine) || engine > Newest)
            fault = $"engine {Text(json, "Engine")} {Text(json, "EngineVersion")} is not known";
        else if (Text(json, "Identifier") is not { } identifier || Text(json, "Country") is not { } country
            || !Enum.TryParse<BusinessRuleType>(Text(json, "Type"), out var type) || !Version.TryParse(Text(json, "Version"), out var version)
            || Text(json, "CertificateType") is not { } certificateType
            || !TryTime(json, "ValidFrom", out var validFrom) || !TryTime(json, "ValidTo", out var validTo)
            || !json.TryGetProperty("Logic", out var expression))
            fault = "a field is missing or not in its format";
        else if (!CompiledLogic.TryCompile(expression, out var logic, out var issues))
            fault = $"{identifier}: {issues[0].Message}";
        else
            rule = new(identifier, type, country, version, certificateType, validFrom, validTo, ReadDescriptions(json), logic);
        return fault is null;
    }

    /// <summary>The rules that a certificate must meet: of each identifier the highest version that is valid at that time.</summary>
    /// <param name="rules">All rules at hand.</param>
    /// <param name="country">Whose rules.</param>
    /// <param name="type">For acceptance the country that is entered, for invalidation the one that issued.</param>
    /// <param name="certificateType">Vaccination, Test or Recovery.</param>
    /// <param name="at">The validation clock.</param>
    public static IReadOnlyList<BusinessRule> Applicable(
        IEnumerable<BusinessRule> rules, string country, BusinessRuleType type, string certificateType, DateTimeOffset at) =>
        [.. rules
            .Where(rule => rule.Country == country && rule.Type == type && rule.CertificateType is var kind
                && (kind == General || kind == certificateType) && rule.ValidFrom <= at && at <= rule.ValidTo)
            .GroupBy(rule => rule.Identifier)
            .Select(versions => versions.MaxBy(rule => rule.Version)!)
            .OrderBy(rule => rule.Identifier, StringComparer.Ordinal)];

    /// <summary>Whether the rule is fulfilled; an error is not.</summary>
    /// <param name="payload">The certificate's content.</param>
    /// <param name="external">Validation clock, value sets and whatever else rules may ask for.</param>
    public LogicValue Evaluate(LogicValue payload, LogicValue external) =>
        Logic.Evaluate(LogicValue.Object(KeyValuePair.Create("payload", payload), KeyValuePair.Create("external", external)));

    private static Dictionary<string, string> ReadDescriptions(JsonElement json)
    {
        var texts = new Dictionary<string, string>();
        if (json.TryGetProperty("Description", out var descriptions) && descriptions.ValueKind == JsonValueKind.Array)
        {
            foreach (var description in descriptions.EnumerateArray())
                texts[Text(description, "lang") ?? ""] = Text(description, "desc") ?? "";
        }
        return texts;
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static bool TryTime(JsonElement json, string name, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(Text(json, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}

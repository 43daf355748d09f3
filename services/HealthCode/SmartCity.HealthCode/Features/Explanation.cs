using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>Why a code is as it is: goes with every answer about a status.</summary>
/// <param name="Policy">Version of the policy that decided.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Text">What it says, in the language of the request.</param>
/// <param name="Change">What would change the code.</param>
/// <param name="Evidence">What the decision rests on, newest first, at most 50.</param>
/// <param name="Statement">
/// The same in both languages, signed by the city to be shown: a compact JWS (RFC 7515, ES256) with a key of <c>/keys</c>. It names the person by a
/// pseudonym that only the city can resolve and that differs in every statement.
/// </param>
internal sealed record Explanation(
    string Policy, string Rule, string Text, string Change, IReadOnlyList<Explanation.EvidenceReference> Evidence, string Statement)
{
    private const int MostEvidenceShown = 50;

    /// <param name="Id">Names the evidence where it is contested.</param>
    /// <param name="Kind">What kind of evidence.</param>
    /// <param name="At">When the sample was taken or the exposure ended, UTC.</param>
    /// <param name="Source">Who says so.</param>
    /// <param name="Until">When it ends by its own word, exclusive, UTC.</param>
    /// <param name="Minutes">How long the exposure lasted.</param>
    /// <param name="WithdrawnAt">Since when it no longer holds, UTC: only where an earlier status is explained.</param>
    /// <param name="Severity">How severe the exposure was by tracing: low, moderate or high.</param>
    /// <param name="WeightedMinutes">Its minutes weighted by place, ventilation and distance, which the severity goes by.</param>
    public sealed record EvidenceReference(
        Guid Id, EvidenceKind Kind, DateTimeOffset At, EvidenceSource Source, DateTimeOffset? Until = null, int? Minutes = null, DateTimeOffset? WithdrawnAt = null,
        string? Severity = null, double? WeightedMinutes = null)
    {
        public static EvidenceReference Of(Evidence fact)
        {
            var exposure = fact is { Kind: EvidenceKind.Exposure, Detail: { } detail } ? JsonSerializer.Deserialize<ExposureDetail>(detail, JsonSerializerOptions.Web) : null;
            return new(fact.Id, fact.Kind, fact.At, fact.Source, fact.Until, fact.Minutes, fact.WithdrawnAt, exposure?.Severity, exposure?.WeightedMinutes);
        }
    }

    /// <summary>What <see cref="FollowExposures"/> keeps of an exposure beside its minutes.</summary>
    private sealed record ExposureDetail(string? Severity, double? WeightedMinutes);

    /// <summary>A decision, as the code or its history keeps it.</summary>
    public sealed record Decision(
        CitizenId Citizen, CodeColor Color, string Policy, string Rule, IReadOnlyList<Guid> Evidence, DateTimeOffset? Since, DateTimeOffset ValidUntil);

    public static Explanation Of(
        Decision decision, IEnumerable<Evidence> known, PolicyBook policies, CredentialKeys keys, DateTimeOffset at, DateTimeOffset now)
    {
        EvidenceReference[] evidence = [.. known
            .Where(fact => decision.Evidence.Contains(fact.Id)).OrderByDescending(fact => fact.At).Take(MostEvidenceShown).Select(EvidenceReference.Of)];
        var text = policies.TextOf(decision.Policy, decision.Rule) ?? new RuleText(new(decision.Rule, decision.Rule), new(decision.Rule, decision.Rule));
        var language = CultureInfo.CurrentUICulture;
        var statement = keys.SignStatement(decision.Citizen, new JsonObject
        {
            ["color"] = decision.Color.ToString().ToLowerInvariant(),
            ["at"] = Utc(at),
            ["since"] = decision.Since is { } since ? Utc(since) : null,
            ["validUntil"] = Utc(decision.ValidUntil),
            ["policy"] = decision.Policy,
            ["rule"] = decision.Rule,
            ["reason"] = Both(text.Reason),
            ["change"] = Both(text.Change),
            ["evidence"] = new JsonArray([.. evidence.Select(Signed)]),
        }, now);
        return new Explanation(decision.Policy, decision.Rule, text.Reason.In(language), text.Change.In(language), evidence, statement);
    }

    private static JsonObject Signed(EvidenceReference fact) => new()
    {
        ["id"] = fact.Id.ToString(), ["kind"] = Facts.NameOf(fact.Kind), ["at"] = Utc(fact.At), ["until"] = fact.Until is { } until ? Utc(until) : null,
    };

    private static JsonObject Both(LocalText text) => new() { ["en"] = text.En, ["zh"] = text.Zh };

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}

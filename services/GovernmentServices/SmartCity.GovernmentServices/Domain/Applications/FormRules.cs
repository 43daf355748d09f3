using System.Text.Json;
using Json.Pointer;
using Json.Schema;
using SmartCity.GovernmentServices.Contracts;

namespace SmartCity.GovernmentServices.Domain.Applications;

/// <summary>
/// A form's rules, in JSON Schema 2020-12. What is wrong with a form is told by field and kind of rule, as for every other request; references (<c>$ref</c>)
/// are not followed for that, and definitions do not use them.
/// </summary>
internal sealed class FormRules
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly JsonElement definition;
    private readonly JsonSchema schema;

    static FormRules() => FormatRegistry.Global.Register(new PredicateFormat(
        "uscc", value => value.ValueKind != JsonValueKind.String || UnifiedSocialCreditCode.TryParse(value.GetString(), out _)));

    /// <exception cref="JsonSchemaException">The schema is wrong.</exception>
    public FormRules(JsonElement definition)
    {
        this.definition = definition;
        schema = JsonSchema.FromText(definition.GetRawText());
    }

    /// <summary>Every rule that the form breaks; nothing where it is as it should be.</summary>
    public IReadOnlyList<FormFault> Faults(IReadOnlyDictionary<string, JsonElement> form)
    {
        var instance = JsonSerializer.SerializeToElement(form);
        var results = schema.Evaluate(instance, Options);
        if (results.IsValid) return [];
        FormFault[] faults =
        [
            .. (results.Details ?? []).Where(detail => detail.Errors is not null && !IsCondition(detail.EvaluationPath))
                .SelectMany(detail => detail.Errors!.Keys.SelectMany(keyword => Faults(detail, keyword, instance)))
                .Distinct(),
        ];
        return faults is [] ? [new FormFault("", "value_invalid")] : faults;
    }

    /// <summary>What an <c>if</c> says is not a rule, and what stands under alternatives need not hold.</summary>
    private static bool IsCondition(JsonPointer path)
    {
        for (var i = 0; i < path.SegmentCount; i++)
        {
            if (path[i].ToString() is "if" or "anyOf" or "oneOf" or "not") return true;
        }

        return false;
    }

    private IEnumerable<FormFault> Faults(EvaluationResults detail, string keyword, JsonElement instance)
    {
        var field = string.Join('.', detail.InstanceLocation.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries));
        var rule = detail.EvaluationPath.Evaluate(definition) ?? default;
        if (keyword == "required")
        {
            var owner = detail.InstanceLocation.Evaluate(instance)!.Value;
            return rule.GetProperty("required").EnumerateArray().Select(name => name.GetString()!)
                .Where(name => !owner.TryGetProperty(name, out _))
                .Select(name => new FormFault(field is "" ? name : $"{field}.{name}", "value_missing"));
        }

        return
        [
            keyword switch
            {
                "minLength" or "maxLength" => new FormFault(field, "length_invalid", Bound(rule, "minLength", 0), Bound(rule, "maxLength", 10_000)),
                "minItems" or "maxItems" => new FormFault(field, "length_invalid", Bound(rule, "minItems", 0), Bound(rule, "maxItems", 10_000)),
                "minimum" or "maximum" => new FormFault(field, "range_invalid", Bound(rule, "minimum", int.MinValue), Bound(rule, "maximum", int.MaxValue)),
                "pattern" or "format" or "type" => new FormFault(field, "format_invalid"),
                _ when detail.EvaluationPath.ToString().EndsWith("/additionalProperties", StringComparison.Ordinal) => new FormFault(field, "field_unknown"),
                _ => new FormFault(field, "value_invalid"),
            },
        ];
    }

    private static decimal Bound(JsonElement rule, string name, decimal otherwise) => rule.TryGetProperty(name, out var bound) ? bound.GetDecimal() : otherwise;
}

/// <param name="Field">Its path in the form; empty for the form as a whole.</param>
/// <param name="Code">A problem code.</param>
/// <param name="Least">For lengths and ranges: the least that is allowed.</param>
/// <param name="Most">The most.</param>
internal sealed record FormFault(string Field, string Code, decimal? Least = null, decimal? Most = null);

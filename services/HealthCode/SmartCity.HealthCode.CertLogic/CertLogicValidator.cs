using System.Text.Json;

namespace SmartCity.HealthCode.CertLogic;

/// <summary>What is wrong with an expression, and where.</summary>
/// <param name="Expression">The part that is wrong.</param>
/// <param name="Message">What is wrong, in the words of the published validation test suite.</param>
public sealed record LogicIssue(JsonElement Expression, string Message);

/// <summary>Checks expressions before they are compiled (CertLogic 1.3.3, "Operations" and "Validator").</summary>
public static class CertLogicValidator
{
    /// <summary>Deepest nesting that is accepted; published rules stay below 20.</summary>
    public const int MaxDepth = 64;

    /// <summary>Largest expression that is accepted, counted in JSON values; published rules stay below 1,000.</summary>
    public const int MaxSize = 10_000;

    internal static readonly string[] TimeUnits = ["year", "month", "day", "hour"];

    /// <summary>All issues of an expression; none means that it can be compiled.</summary>
    /// <param name="expression">Any JSON.</param>
    public static IReadOnlyList<LogicIssue> Validate(JsonElement expression)
    {
        var budget = MaxSize;
        if (!Fits(expression, MaxDepth, ref budget))
            return [new(expression, $"the expression is nested deeper than {MaxDepth} or holds more than {MaxSize} values")];
        return [.. Check(expression)];
    }

    private static bool Fits(JsonElement json, int depth, ref int budget)
    {
        if (depth == 0 || --budget < 0)
            return false;
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
            {
                if (!Fits(item, depth - 1, ref budget))
                    return false;
            }
        }
        else if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in json.EnumerateObject())
            {
                if (!Fits(property.Value, depth - 1, ref budget))
                    return false;
            }
        }
        return true;
    }

    private static IEnumerable<LogicIssue> Check(JsonElement expression) => expression.ValueKind switch
    {
        JsonValueKind.String or JsonValueKind.True or JsonValueKind.False => [],
        JsonValueKind.Number => IsInteger(expression) ? [] : [new(expression, $"{expression.GetRawText()} is a non-integer number")],
        JsonValueKind.Array => expression.EnumerateArray().SelectMany(Check),
        JsonValueKind.Object => CheckObject(expression),
        _ => [new(expression, "invalid CertLogic expression")],
    };

    private static IEnumerable<LogicIssue> CheckObject(JsonElement expression)
    {
        var count = expression.EnumerateObject().Count();
        if (count != 1)
            return [new(expression, $"expression object must have exactly one key, but it has {count}")];
        var operation = expression.EnumerateObject().First();
        if (operation.Name == "var")
            return CheckVar(expression, operation.Value);
        if (operation.Value.ValueKind != JsonValueKind.Array)
            return [new(expression, "operation not of the form { \"<operator>\": [ <values...> ] }")];
        return CheckOperation(expression, operation.Name, [.. operation.Value.EnumerateArray()]);
    }

    private static IEnumerable<LogicIssue> CheckVar(JsonElement expression, JsonElement path)
    {
        if (path.ValueKind != JsonValueKind.String)
            return [new(expression, "not of the form { \"var\": \"<path>\" }")];
        var text = path.GetString()!;
        return text.Length == 0 || text.Split('.').All(step => step.Length > 0)
            ? []
            : [new(expression, $"data access path doesn't have a valid format: {text}")];
    }

    private static IEnumerable<LogicIssue> CheckOperation(JsonElement expression, string name, JsonElement[] operands)
    {
        switch (name)
        {
            case "and":
                return Operands(expression, operands, operands.Length >= 2, int.MaxValue,
                    "an \"and\" operation must have at least 2 operands");
            case "<" or ">" or "<=" or ">=" or "after" or "before" or "not-after" or "not-before":
                return Operands(expression, operands, operands.Length is 2 or 3, 3,
                    $"an operation with operator \"{name}\" must have 2 or 3 operands");
            case "===" or "in" or "+":
                return Operands(expression, operands, operands.Length == 2, 2,
                    $"an operation with operator \"{name}\" must have 2 operands");
            case "if" or "reduce":
                return Operands(expression, operands, operands.Length == 3, 3,
                    $"{(name == "if" ? "an" : "a")} \"{name}\"-operation must have exactly 3 values/operands");
            case "!":
                return Operands(expression, operands, operands.Length == 1, operands.Length == 1 ? 1 : 0,
                    "a !-operation (logical not/negation) must have exactly 1 operand");
            case "dccDateOfBirth":
                return Operands(expression, operands, operands.Length == 1, 1,
                    "a \"dccDateOfBirth\"-operation must have exactly 1 value/operand");
            case "plusTime":
                return Operands(expression, operands, operands.Length == 3, 1,
                        "a \"plusTime\"-operation must have exactly 3 values/operands")
                    .Concat(IntegerAt(expression, name, "amount", operands))
                    .Concat(UnitAt(expression, operands));
            case "extractFromUVCI":
                return Operands(expression, operands, operands.Length == 2, 1,
                        "an \"extractFromUVCI\"-operation must have exactly 2 values/operands")
                    .Concat(IntegerAt(expression, name, "index", operands));
            default:
                return [new(expression, $"unrecognised operator: \"{name}\"")];
        }
    }

    private static IEnumerable<LogicIssue> Operands(
        JsonElement expression, JsonElement[] operands, bool rightNumber, int expressions, string rule)
    {
        if (!rightNumber)
            yield return new(expression, $"{rule}, but it has {operands.Length}");
        foreach (var issue in operands.Take(expressions).SelectMany(Check))
            yield return issue;
    }

    private static IEnumerable<LogicIssue> IntegerAt(JsonElement expression, string name, string operand, JsonElement[] operands) =>
        operands.Length < 2 || IsInteger(operands[1])
            ? []
            : [new(expression, $"\"{operand}\" argument (#2) of \"{name}\" must be an integer, but it is: {operands[1]}")];

    private static IEnumerable<LogicIssue> UnitAt(JsonElement expression, JsonElement[] operands) =>
        operands.Length < 3 || operands[2].ValueKind == JsonValueKind.String && TimeUnits.Contains(operands[2].GetString())
            ? []
            : [new(expression,
                $"\"unit\" argument (#3) of \"plusTime\" must be a string equal to one of {string.Join(", ", TimeUnits)}, but it is: {operands[2]}")];

    private static bool IsInteger(JsonElement json) =>
        json.ValueKind == JsonValueKind.Number && json.GetDouble() is var number && Math.Floor(number) == number && double.IsFinite(number);
}

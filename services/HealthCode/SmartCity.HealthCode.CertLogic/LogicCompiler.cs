using System.Text.Json;

namespace SmartCity.HealthCode.CertLogic;

/// <summary>A compiled operation: the data it reads, and how many steps the evaluation may still take.</summary>
internal delegate LogicValue LogicNode(LogicValue data, ref int steps);

/// <summary>
/// Turns checked expressions into delegates. Operands that are errors are passed on by every operation, as the first error thrown is in the
/// reference implementation; operands that are of the wrong kind become errors.
/// </summary>
internal static class LogicCompiler
{
    /// <param name="expression">Already found valid; this method relies on it.</param>
    public static LogicNode Compile(JsonElement expression) => expression.ValueKind switch
    {
        JsonValueKind.Array => CompileArray(expression),
        JsonValueKind.Object => CompileOperation(expression.EnumerateObject().First()),
        _ => Constant(LogicValue.From(expression)),
    };

    private static LogicNode Constant(LogicValue value) => (LogicValue _, ref int _) => value;

    private static LogicNode CompileArray(JsonElement expression)
    {
        // A list of literals is one value, so that its hash set (see LogicArray) is built once for all evaluations.
        if (expression.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)))
            return Constant(LogicValue.From(expression));
        LogicNode[] items = [.. expression.EnumerateArray().Select(Compile)];
        return (LogicValue data, ref int steps) =>
        {
            var values = new LogicValue[items.Length];
            for (var i = 0; i < items.Length; i++)
            {
                values[i] = items[i](data, ref steps);
                if (values[i].IsError)
                    return values[i];
            }
            return LogicValue.Array(values);
        };
    }

    private static LogicNode CompileOperation(JsonProperty operation)
    {
        if (operation.Name == "var")
            return Var(operation.Value.GetString()!);
        JsonElement[] raw = [.. operation.Value.EnumerateArray()];
        return operation.Name switch
        {
            "if" => If(Compile(raw[0]), Compile(raw[1]), Compile(raw[2])),
            "and" => And([.. raw.Select(Compile)]),
            "!" => Not(Compile(raw[0])),
            "===" => Binary(raw, (left, right) => left.StrictlyEquals(right)),
            "in" => Binary(raw, (left, right) => right.AsArray is { } array
                ? array.Contains(left)
                : LogicValue.Error("the right-hand side of \"in\" is not an array")),
            "+" => Binary(raw, (left, right) => left.TryGetInteger(out var l) && right.TryGetInteger(out var r)
                ? l + r
                : LogicValue.Error("an operand of \"+\" is not an integer")),
            "<" => Comparison.OfIntegers(raw, (left, right) => left < right),
            ">" => Comparison.OfIntegers(raw, (left, right) => left > right),
            "<=" => Comparison.OfIntegers(raw, (left, right) => left <= right),
            ">=" => Comparison.OfIntegers(raw, (left, right) => left >= right),
            "after" => Comparison.OfTimes(raw, (left, right) => left > right),
            "before" => Comparison.OfTimes(raw, (left, right) => left < right),
            "not-after" => Comparison.OfTimes(raw, (left, right) => left <= right),
            "not-before" => Comparison.OfTimes(raw, (left, right) => left >= right),
            "plusTime" => PlusTime(Compile(raw[0]), raw[1].GetDouble(), raw[2].GetString()!),
            "dccDateOfBirth" => DateOfBirth(Compile(raw[0])),
            "extractFromUVCI" => ExtractFromUvci(Compile(raw[0]), raw[1].GetDouble()),
            "reduce" => Reduce(Compile(raw[0]), Compile(raw[1]), Compile(raw[2])),
            var unknown => throw new ArgumentException($"The validator let \"{unknown}\" pass."),
        };
    }

    private static LogicNode Var(string path)
    {
        if (path.Length == 0)
            return (LogicValue data, ref int _) => data;
        PathStep[] route = [.. path.Split('.').Select(name => new PathStep(name))];
        return (LogicValue data, ref int _) =>
        {
            foreach (var step in route)
                data = data.Get(step);
            return data;
        };
    }

    private static LogicNode If(LogicNode guard, LogicNode then, LogicNode otherwise) => (LogicValue data, ref int steps) =>
    {
        var value = guard(data, ref steps);
        return value.Truth switch
        {
            true => then(data, ref steps),
            false => otherwise(data, ref steps),
            null => Neither(value),
        };
    };

    private static LogicNode And(LogicNode[] operands) => (LogicValue data, ref int steps) =>
    {
        LogicValue value = true;
        foreach (var operand in operands)
        {
            value = operand(data, ref steps);
            switch (value.Truth)
            {
                case false:
                    return value;
                case null:
                    return Neither(value);
            }
        }
        return value;
    };

    private static LogicNode Not(LogicNode operand) => (LogicValue data, ref int steps) =>
    {
        var value = operand(data, ref steps);
        return value.Truth is { } truth ? !truth : Neither(value);
    };

    private static LogicValue Neither(LogicValue value) => Otherwise(value, "a condition is neither truthy nor falsy");

    private static LogicNode Binary(JsonElement[] raw, Func<LogicValue, LogicValue, LogicValue> combine)
    {
        var (left, right) = (Compile(raw[0]), Compile(raw[1]));
        return (LogicValue data, ref int steps) =>
        {
            var leftValue = left(data, ref steps);
            if (leftValue.IsError)
                return leftValue;
            var rightValue = right(data, ref steps);
            return rightValue.IsError ? rightValue : combine(leftValue, rightValue);
        };
    }

    private static LogicNode PlusTime(LogicNode date, double amount, string unit) => (LogicValue data, ref int steps) =>
    {
        var value = date(data, ref steps);
        if (value.Text is not { } text)
            return Otherwise(value, "the date of \"plusTime\" is not a string");
        if (!LogicTime.TryParse(text, out var milliseconds))
            return LogicValue.Error("not an allowed date or date-time format");
        return Math.Abs(amount) < 1e15 && LogicTime.TryAdd(milliseconds, (long)amount, unit, out var result)
            ? LogicValue.DateTime(result)
            : LogicValue.Error("a date-time is out of range");
    };

    private static LogicNode DateOfBirth(LogicNode operand) => (LogicValue data, ref int steps) =>
    {
        var value = operand(data, ref steps);
        if (value.Text is not { } text)
            return Otherwise(value, "the operand of \"dccDateOfBirth\" is not a string");
        return LogicTime.TryParseBirth(text, out var milliseconds)
            ? LogicValue.DateTime(milliseconds)
            : LogicValue.Error("not a date of birth");
    };

    private static LogicNode ExtractFromUvci(LogicNode operand, double index) => (LogicValue data, ref int steps) =>
    {
        const string optionalPrefix = "URN:UVCI:";
        var value = operand(data, ref steps);
        if (value.Text is not { } text)
            return value.Kind == LogicKind.Null ? value : Otherwise(value, "the operand of \"extractFromUVCI\" is neither string nor null");
        var start = text.StartsWith(optionalPrefix, StringComparison.Ordinal) ? optionalPrefix.Length : 0;
        var position = 0;
        foreach (var fragment in text.AsSpan(start).SplitAny('/', '#', ':'))
        {
            if (position++ == index)
                return text[start..][fragment];
        }
        return default;
    };

    private static readonly string[] ReductionNames = ["accumulator", "current"];

    private static LogicNode Reduce(LogicNode operand, LogicNode lambda, LogicNode initial) => (LogicValue data, ref int steps) =>
    {
        var value = operand(data, ref steps);
        if (value.Kind != LogicKind.Null && value.AsArray is null)
            return Otherwise(value, "the operand of \"reduce\" is not an array");
        var accumulator = initial(data, ref steps);
        foreach (var current in value.AsArray?.Items ?? [])
        {
            if (accumulator.IsError)
                return accumulator;
            if (--steps < 0)
                return LogicValue.Error("the evaluation takes too many steps");
            accumulator = lambda(LogicValue.Of(new LogicObject(ReductionNames, [accumulator, current])), ref steps);
        }
        return accumulator;
    };

    /// <summary>The error that the value is already, or a new one.</summary>
    internal static LogicValue Otherwise(LogicValue value, string reason) => value.IsError ? value : LogicValue.Error(reason);
}

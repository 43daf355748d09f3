using System.Text.Json;

namespace SmartCity.HealthCode.CertLogic;

/// <summary>Comparisons of two operands, or of three in a chain: <c>a &lt; b &lt; c</c>. All operands are evaluated and checked first.</summary>
internal static class Comparison
{
    public static LogicNode OfIntegers(JsonElement[] operands, Func<double, double, bool> holds) =>
        Chain(operands, holds, "an operand of a comparison is not an integer",
            static value => value.TryGetInteger(out var number) ? number : double.NaN);

    public static LogicNode OfTimes(JsonElement[] operands, Func<double, double, bool> holds) =>
        Chain(operands, holds, "an operand of a date-time comparison is not a date-time", static value => value.Milliseconds ?? double.NaN);

    // Milliseconds within ECMAScript's range are exact as doubles; NaN stands for "not of this kind".
    private static LogicNode Chain(
        JsonElement[] operands, Func<double, double, bool> holds, string mismatch, Func<LogicValue, double> read)
    {
        LogicNode[] nodes = [.. operands.Select(LogicCompiler.Compile)];
        return (LogicValue data, ref int steps) =>
        {
            var result = true;
            var previous = double.NaN;
            for (var i = 0; i < nodes.Length; i++)
            {
                var value = nodes[i](data, ref steps);
                var number = read(value);
                if (double.IsNaN(number))
                    return LogicCompiler.Otherwise(value, mismatch);
                result &= i == 0 || holds(previous, number);
                previous = number;
            }
            return result;
        };
    }
}

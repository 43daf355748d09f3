using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SmartCity.HealthCode.CertLogic;

/// <summary>
/// A CertLogic expression (specification 1.3.3), checked and compiled once into delegates and then evaluated as often as needed, from any
/// thread. Evaluation never throws and always ends: what goes wrong is a value of kind <see cref="LogicKind.Error"/>, which is not true.
/// </summary>
public sealed class CompiledLogic
{
    /// <summary>How many items all reductions of one evaluation may visit together; nested ones multiply.</summary>
    public const int MaxSteps = 100_000;

    private readonly LogicNode _root;

    private CompiledLogic(LogicNode root) => _root = root;

    /// <summary>Checks and compiles an expression.</summary>
    /// <param name="expression">The expression; it is not needed afterwards.</param>
    /// <param name="logic">The compiled expression.</param>
    /// <param name="issues">What is wrong with it; empty when compiled.</param>
    /// <returns>Whether it was compiled.</returns>
    public static bool TryCompile(JsonElement expression, [NotNullWhen(true)] out CompiledLogic? logic, out IReadOnlyList<LogicIssue> issues)
    {
        issues = CertLogicValidator.Validate(expression);
        logic = issues.Count == 0 ? new(LogicCompiler.Compile(expression)) : null;
        return logic is not null;
    }

    /// <summary>Evaluates with this data.</summary>
    /// <param name="data">The data context that <c>var</c> reads.</param>
    public LogicValue Evaluate(LogicValue data)
    {
        var steps = MaxSteps;
        return _root(data, ref steps);
    }
}

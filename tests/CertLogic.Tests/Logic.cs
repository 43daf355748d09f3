using System.Text.Json;
using SmartCity.HealthCode.CertLogic;

namespace CertLogic.Tests;

internal static class Logic
{
    public static LogicValue Evaluate(string expression, string data = "null") =>
        Compile(expression).Evaluate(LogicValue.From(JsonElement.Parse(data)));

    public static CompiledLogic Compile(string expression)
    {
        CompiledLogic.TryCompile(JsonElement.Parse(expression), out var logic, out var issues).ShouldBeTrue(issues.FirstOrDefault()?.Message);
        return logic!;
    }
}

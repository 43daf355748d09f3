using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SmartCity.ServiceDefaults;

/// <summary>One of an enum's words in a query, written as in JSON. The framework would read it there as C# writes it, and numbers too.</summary>
/// <typeparam name="T">The enum.</typeparam>
/// <param name="Value">The value that the word stands for.</param>
public readonly record struct Word<T>(T Value) : IParsable<Word<T>>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Words = Enum.GetValues<T>().ToDictionary(value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

    /// <inheritdoc />
    public static Word<T> Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var word) ? word : throw new FormatException($"'{s}' is not one of {string.Join(", ", Words.Keys)}.");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Word<T> result)
    {
        var known = Words.TryGetValue(s ?? "", out var value);
        result = new Word<T>(value);
        return known;
    }
}

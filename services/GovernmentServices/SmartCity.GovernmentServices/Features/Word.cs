using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SmartCity.GovernmentServices.Features;

/// <summary>One of an enum's words in a query, written as in JSON. The framework would read it there as C# writes it, and numbers too.</summary>
internal readonly record struct Word<T>(T Value) : IParsable<Word<T>>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Words = Enum.GetValues<T>().ToDictionary(value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

    public static Word<T> Parse(string s, IFormatProvider? provider) => new(Words[s]);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Word<T> result)
    {
        var known = Words.TryGetValue(s ?? "", out var value);
        result = new Word<T>(value);
        return known;
    }
}

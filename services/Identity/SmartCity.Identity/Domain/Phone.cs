using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace SmartCity.Identity.Domain;

/// <summary>A phone number in ITU-T E.164 form; eleven digits without a country are a mobile of the Chinese mainland.</summary>
internal readonly partial record struct Phone
{
    public const string Pattern = @"^(\+[1-9][0-9]{6,14}|1[3-9][0-9]{9})\z";

    private Phone(string value) => Value = value;

    public string Value { get; }

    /// <summary>Enough for its owner to recognise it: the last four digits.</summary>
    public string Masked => $"{Value[..3]}****{Value[^4..]}";

    public static bool TryParse([NotNullWhen(true)] string? text, out Phone phone)
    {
        phone = default;
        if (text is null || !Form().IsMatch(text)) return false;
        phone = new Phone(text[0] == '+' ? text : $"+86{text}");
        return true;
    }

    public static Phone Parse(string text) => TryParse(text, out var phone) ? phone : throw new FormatException("Not a phone number.");

    public override string ToString() => Masked;

    [GeneratedRegex(Pattern)]
    private static partial Regex Form();
}

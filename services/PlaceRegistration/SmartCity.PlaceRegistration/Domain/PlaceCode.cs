using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>
/// The text on a place's poster: <c>SCP:</c> and 128 random bits in hexadecimal. It says nothing about the place and cannot be guessed;
/// capitals, digits and the colon are QR's alphanumeric mode, which keeps the squares large.
/// </summary>
internal readonly record struct PlaceCode
{
    private const string Prefix = "SCP:";
    private const int Digits = 32;

    private PlaceCode(string value) => Value = value;

    public string Value { get; }

    public static PlaceCode New() => new(Prefix + RandomNumberGenerator.GetHexString(Digits));

    /// <summary>Reads what a camera saw or a person typed.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PlaceCode code)
    {
        var canonical = text?.Trim().ToUpperInvariant() ?? "";
        var valid = canonical.Length == Prefix.Length + Digits
            && canonical.StartsWith(Prefix, StringComparison.Ordinal)
            && canonical.AsSpan(Prefix.Length).IndexOfAnyExcept("0123456789ABCDEF") < 0;
        code = valid ? new PlaceCode(canonical) : default;
        return valid;
    }
}

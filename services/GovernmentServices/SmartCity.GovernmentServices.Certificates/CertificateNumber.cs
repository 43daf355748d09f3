using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SmartCity.GovernmentServices.Certificates;

/// <summary>
/// The identifier of an electronic certificate (GB/T 36904-2018): root, type, issuer, serial number and version, separated by dots, and a check character
/// over all but the root. For example <c>1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U</c>.
/// </summary>
public readonly record struct CertificateNumber
{
    /// <summary>The root of all electronic certificates.</summary>
    public const string Root = "1.2.156.3005.2";

    private const int TypeLength = 21;
    private const int IssuerLength = 18;
    private const int LongestSerial = 50;
    private const int VersionLength = 3;

    private readonly string? value;

    private CertificateNumber(string value) => this.value = value;

    /// <summary>The identifier with its root.</summary>
    public string Value => value ?? "";

    /// <summary>Makes the identifier of a new certificate.</summary>
    /// <param name="type">The type's code: the unified social credit code of who defines the type, and three digits.</param>
    /// <param name="issuer">The unified social credit code of who issues it.</param>
    /// <param name="serial">The issuer's own number: digits and capital letters.</param>
    /// <param name="version">1 as first issued, 2 to 999 for what replaces it.</param>
    /// <exception cref="FormatException">A part has another length or other characters.</exception>
    public static CertificateNumber Create(string type, string issuer, string serial, int version = 1)
    {
        var parts = $"{type}.{issuer}.{serial}.{version.ToString("D3", CultureInfo.InvariantCulture)}";
        var text = $"{Root}.{parts}.{Mod37And36.CheckCharacter(parts.Replace(".", "", StringComparison.Ordinal))}";
        return TryParse(text, out var number) ? number : throw new FormatException($"'{text}' is no identifier of a certificate.");
    }

    /// <summary>Reads an identifier.</summary>
    /// <param name="text">What was written; small letters and blanks around it are accepted.</param>
    /// <param name="number">The identifier, when the answer is true.</param>
    /// <returns>Whether its parts and its check character are right.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out CertificateNumber number)
    {
        number = default;
        var candidate = text?.Trim().ToUpperInvariant();
        if (candidate?.StartsWith($"{Root}.", StringComparison.Ordinal) != true) return false;
        var parts = candidate[(Root.Length + 1)..].Split('.');
        if (parts is not [{ Length: TypeLength }, { Length: IssuerLength }, { Length: > 0 and <= LongestSerial }, { Length: VersionLength }, { Length: 1 }]
            || !parts[..4].All(Mod37And36.Takes) || parts[3].AsSpan().ContainsAnyExceptInRange('0', '9')
            || parts[4][0] != Mod37And36.CheckCharacter(string.Concat(parts[..4])))
            return false;

        number = new CertificateNumber(candidate);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}

/// <summary>The hybrid system MOD 37,36 of ISO/IEC 7064:2003 over digits and capital letters: finds every wrong character and nearly every swapped pair.</summary>
public static class Mod37And36
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>Whether it has a check character: not empty, digits and capital letters only.</summary>
    public static bool Takes(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Alphabet);

    /// <summary>The character that completes the text.</summary>
    /// <exception cref="FormatException">The text holds another character.</exception>
    public static char CheckCharacter(string text)
    {
        if (!Takes(text)) throw new FormatException("Digits and capital letters only.");
        var product = Alphabet.Length;
        foreach (var character in text)
        {
            var sum = (product + Alphabet.IndexOf(character)) % Alphabet.Length;
            product = (sum == 0 ? Alphabet.Length : sum) * 2 % (Alphabet.Length + 1);
        }

        return Alphabet[(Alphabet.Length + 1 - product) % Alphabet.Length];
    }
}

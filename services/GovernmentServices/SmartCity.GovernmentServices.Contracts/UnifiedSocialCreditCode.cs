using System.Diagnostics.CodeAnalysis;

namespace SmartCity.GovernmentServices.Contracts;

/// <summary>
/// The unified social credit code (GB 32100-2015) of a company or organisation: registration authority, kind of organisation,
/// six digits of administrative division, nine characters of organisation code, and a check character.
/// </summary>
public readonly record struct UnifiedSocialCreditCode
{
    // The letters I, O, S, V and Z are not used: they look like digits or like each other.
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private const int Length = 18;
    private const int DivisionStart = 2;
    private const int DivisionEnd = 8;

    private readonly string? _value;

    private UnifiedSocialCreditCode(string value) => _value = value;

    /// <summary>The eighteen characters, letters in upper case.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads a code as people write it: blanks around it and small letters are accepted.</summary>
    /// <param name="text">What was written; null is no code.</param>
    /// <param name="code">The code, when the answer is true.</param>
    /// <returns>Whether length, characters, division and check character are right.</returns>
    /// <remarks>
    /// The check character covers everything before it. The older check digit inside the organisation code (GB 11714) is left alone:
    /// it finds hardly any further typing error, and an organisation must not be turned away over how its code was once issued.
    /// </remarks>
    public static bool TryParse([NotNullWhen(true)] string? text, out UnifiedSocialCreditCode code)
    {
        code = default;
        var candidate = text?.Trim().ToUpperInvariant();
        if (candidate?.Length != Length || candidate.AsSpan(DivisionStart..DivisionEnd).ContainsAnyExceptInRange('0', '9')
            || candidate[^1] != CheckCharacter(candidate))
            return false;

        code = new UnifiedSocialCreditCode(candidate);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    // ISO 7064 style: weights are the powers of 3 modulo 31, and the weighted sum of all eighteen is a multiple of 31.
    private static char? CheckCharacter(string candidate)
    {
        var (sum, weight) = (0, 1);
        foreach (var character in candidate[..^1])
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
                return null;
            sum += digit * weight;
            weight = weight * 3 % Alphabet.Length;
        }
        return Alphabet[(Alphabet.Length - sum % Alphabet.Length) % Alphabet.Length];
    }
}

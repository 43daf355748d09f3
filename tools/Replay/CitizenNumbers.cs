using System.Globalization;

namespace SmartCity.Replay;

/// <summary>Citizen ID numbers (GB 11643) for people who never had one: valid in form, in a district code that each town has to itself.</summary>
internal static class CitizenNumbers
{
    private const string CheckCharacters = "10X98765432";

    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <param name="district">Six digits.</param>
    /// <param name="born">Date of birth.</param>
    /// <param name="sequence">0 to 499, different for everybody with the same district, date and sex.</param>
    /// <param name="male">The last digit of the sequence is odd for men.</param>
    public static string Make(string district, DateOnly born, int sequence, bool male)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"{district}{born:yyyyMMdd}{(sequence * 2) + (male ? 1 : 0):000}");
        return digits + CheckCharacters[digits.Select((digit, index) => (digit - '0') * Weights[index]).Sum() % 11];
    }
}

using SmartCity.GovernmentServices.Contracts;

namespace Conformance.Tests;

/// <summary>GB 32100: real codes are valid, and each stops being so when its check character is any other.</summary>
public sealed class UnifiedSocialCreditCodes
{
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    [Fact]
    public void Real_codes_are_valid_and_no_other_check_character_is() =>
        Subject.Run("uscc",
            from file in ReferenceData.Files(ReferenceData.Folder("uscc"), "valid*.txt")
            from line in File.ReadLines(file)
            let code = line.Trim()
            where code.Length > 0
            select new Case(code, () => Valid(code) ? AcceptedForgery(code) : "refused"));

    [Theory]
    [InlineData("91520115MA6E5JTD5", "too short")]
    [InlineData("91A52201078376286C", "a letter in the division, though the check character fits")]
    [InlineData("9115220107837628I0", "a letter that is not used")]
    [InlineData("", "nothing")]
    [InlineData(null, "absent")]
    public void What_is_no_code_is_refused(string? text, string because) => Valid(text).ShouldBeFalse(because);

    [Fact]
    public void Small_letters_and_blanks_are_read_as_people_write_them()
    {
        UnifiedSocialCreditCode.TryParse(" 9115220107837941x1 ", out var code).ShouldBeTrue();

        code.Value.ShouldBe("9115220107837941X1");
    }

    private static bool Valid(string? text) => UnifiedSocialCreditCode.TryParse(text, out _);

    private static string? AcceptedForgery(string code)
    {
        var forged = Alphabet.Where(other => other != code[^1]).Select(other => code[..^1] + other).FirstOrDefault(Valid);
        return forged is null ? null : $"{forged} is accepted too";
    }
}

using System.Collections;
using System.Globalization;
using System.Resources;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData("Problems")]
    [InlineData("Reasons")]
    [InlineData("Poster")]
    public void Every_text_is_there_in_both_languages_and_not_the_same(string file)
    {
        var (english, chinese) = (Texts(file, CultureInfo.InvariantCulture), Texts(file, CultureInfo.GetCultureInfo("zh-CN")));

        chinese.Keys.ShouldBe(english.Keys, ignoreOrder: true);
        english.ShouldAllBe(text => text.Value != chinese[text.Key]);
    }

    [Fact]
    public void Every_reason_has_a_text()
    {
        CodeColor[][] colors = [[], [CodeColor.Green, CodeColor.Yellow, CodeColor.Red]];
        var rules =
            from admits in colors
            from without in Enum.GetValues<Consequence>()
            from full in Enum.GetValues<Consequence>()
            select new AdmissionRule { Admits = admits, Masks = true, TestWithinHours = 24, WithoutTest = without, WhenFull = full };
        var admissions =
            from rule in rules
            from color in Enum.GetValues<CodeColor>()
            from visitors in new[] { 0, 9, 10 }
            select rule.Decide(color, null, new Crowd(visitors, 10), Town.Noon);
        var reasons = admissions.Append(Admission.Late).Append(Admission.Before).SelectMany(admission => admission.Notices.Append(admission.Reason));

        reasons.Distinct().ShouldBe(Texts("Reasons", CultureInfo.InvariantCulture).Keys, ignoreOrder: true);
    }

    private static Dictionary<string, string> Texts(string file, CultureInfo language) =>
        new ResourceManager($"SmartCity.PlaceRegistration.Resources.{file}", typeof(Program).Assembly)
            .GetResourceSet(language, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
}

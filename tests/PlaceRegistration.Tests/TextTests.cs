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
    public void Every_text_is_there_in_both_languages_and_not_the_same(string file)
    {
        var (english, chinese) = (Texts(file, CultureInfo.InvariantCulture), Texts(file, CultureInfo.GetCultureInfo("zh-CN")));

        chinese.Keys.ShouldBe(english.Keys, ignoreOrder: true);
        english.ShouldAllBe(text => text.Value != chinese[text.Key]);
    }

    [Fact]
    public void Every_reason_has_a_text()
    {
        AdmissionRule[] rules = [new(), new() { Admits = [CodeColor.Green, CodeColor.Yellow, CodeColor.Red] }];
        var reasons = rules.SelectMany(rule => Enum.GetValues<CodeColor>().Select(rule.Decide)).Append(Admission.Late).Append(Admission.Before).Select(admission => admission.Reason);

        reasons.Distinct().ShouldBe(Texts("Reasons", CultureInfo.InvariantCulture).Keys, ignoreOrder: true);
    }

    private static Dictionary<string, string> Texts(string file, CultureInfo language) =>
        new ResourceManager($"SmartCity.PlaceRegistration.Resources.{file}", typeof(Program).Assembly)
            .GetResourceSet(language, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
}

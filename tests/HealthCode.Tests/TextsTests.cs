using System.Collections;
using System.Globalization;
using System.Resources;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;

namespace SmartCity.HealthCode.Tests;

public sealed class TextsTests
{
    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");

    [Theory]
    [InlineData("Texts")]
    [InlineData("Problems")]
    public void Every_text_exists_in_both_languages(string resources)
    {
        var (english, chinese) = (TextsOf(resources, CultureInfo.InvariantCulture), TextsOf(resources, Chinese));

        chinese.Keys.ShouldBe(english.Keys, ignoreOrder: true);
        chinese.Where(text => text.Value.All(char.IsAscii)).ShouldBeEmpty();
        if (resources == "Problems") english.Keys.Where(key => !key.EndsWith(".detail") && !english.ContainsKey($"{key}.detail")).ShouldBeEmpty();
    }

    [Fact]
    public void Every_cause_and_every_purpose_has_a_text()
    {
        foreach (var cause in Enum.GetValues<ChangeCause>()) Texts.Of(cause).ShouldNotBe($"ChangeCause.{cause}");
        foreach (var kind in Enum.GetValues<EvidenceKind>()) Texts.Of(kind).ShouldNotBe($"EvidenceKind.{kind}");
        foreach (var source in Enum.GetValues<EvidenceSource>()) Texts.Of(source).ShouldNotBe($"EvidenceSource.{source}");
        foreach (var notice in Enum.GetValues<NoticeKind>()) Texts.Of(notice).ShouldNotBe($"NoticeKind.{notice}");
        foreach (var purpose in Enum.GetValues<AccessPurpose>()) Texts.Of(purpose).ShouldNotBe($"AccessPurpose.{purpose}");
    }

    private static Dictionary<string, string> TextsOf(string resources, CultureInfo culture) =>
        new ResourceManager($"SmartCity.HealthCode.Resources.{resources}", typeof(Program).Assembly)
            .GetResourceSet(culture, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>()
            .ToDictionary(text => (string)text.Key, text => (string)text.Value!);
}

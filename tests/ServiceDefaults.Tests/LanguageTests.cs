using System.Net;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class LanguageTests
{
    [Theory]
    [InlineData("zh", "zh-CN")]
    [InlineData("zh-Hans", "zh-CN")]
    [InlineData("ZH-cn", "zh-CN")]
    [InlineData("zh-TW;q=0.9, en;q=0.8", "zh-CN")]
    [InlineData("fr, zh;q=0.1", "zh-CN")]
    [InlineData("zh;q=0.8, en-GB;q=0.9", "en")]
    [InlineData("zh;q=0, fr", "en")]
    [InlineData("en-GB", "en")]
    [InlineData("zhuang", "en")]
    [InlineData("fr, de;q=0.5", "en")]
    [InlineData(";;q=,@", "en")]
    [InlineData(null, "en")]
    public async Task Problems_are_told_in_the_language_that_the_caller_prefers(string? accepted, string language)
    {
        await using var app = await SampleApp.StartAsync(_ => { });
        using var client = app.Client();
        if (accepted is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", accepted);

        using var answer = await client.GetAsync("nothing-here");

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        answer.Content.Headers.ContentLanguage.ShouldBe([language]);
        var title = problem["title"]!.GetValue<string>();
        title.Any(character => character is >= '\u4e00' and <= '\u9fff').ShouldBe(language == "zh-CN", title);
    }
}

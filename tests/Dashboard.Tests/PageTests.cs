using System.Net;
using System.Resources;

namespace SmartCity.Dashboard.Tests;

public sealed class PageTests(DashboardTown town)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_are_masked_until_somebody_asks_for_one()
    {
        var secret = (await town.Town.EnvironmentOfAsync("town-hall"))["Town__Secret"];

        var page = await town.PageAsync("/resources/town-hall");
        var shown = await town.PageAsync("/resources/town-hall?show=Town__Secret");

        page.ShouldContain("Town__Secret");
        page.ShouldNotContain(secret);
        page.ShouldNotContain("Password=");
        page.ShouldNotContain(town.Key);
        (await town.PageAsync("/resources/gate")).ShouldNotContain(secret);
        shown.ShouldContain(secret);
        shown.ShouldNotContain("Password=");
    }

    [Fact]
    public async Task A_console_is_read_searched_followed_and_taken_home()
    {
        var lines = await town.PageAsync("/console?name=postgres");
        lines.ShouldContain("ready to accept connections");
        (await town.PageAsync("/console?name=postgres&q=no+such+text")).ShouldNotContain("ready to accept connections");
        (await town.PageAsync("/console/postgres/file")).ShouldContain("ready to accept connections");

        using var stream = await town.Http.GetStreamAsync("/console/postgres/lines?after=0&q=READY+TO", Token);
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(Token)).ShouldBe("event: lines");
        (await reader.ReadLineAsync(Token))!.ShouldContain("ready to accept connections");
        (await town.Http.GetAsync("/console/..%2Fsecrets/file", Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_form_of_another_page_commands_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/resources/house-1/stop") { Headers = { { "Origin", "http://localhost:1" } } };

        (await town.Http.SendAsync(request, Token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await town.Town.ResourceAsync("house-1")).State.ShouldBe("Running");
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    public async Task Choosing_a_language_leads_nowhere_else(string to)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = town.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = town.Http.DefaultRequestHeaders.Authorization;

        using var answer = await http.GetAsync($"/language/en?to={Uri.EscapeDataString(to)}", Token);

        answer.Headers.Location!.OriginalString.ShouldBe("/");
    }

    [Fact]
    public void Every_text_is_there_in_both_languages()
    {
        var texts = new ResourceManager("SmartCity.Dashboard.Resources.Texts", typeof(DashboardServer).Assembly);

        string[] Keys(string language) => [.. texts.GetResourceSet(new(language), createIfNotExists: true, tryParents: language == "en")!.Cast<System.Collections.DictionaryEntry>().Select(text => (string)text.Key).Order(StringComparer.Ordinal)];

        Keys("zh-CN").ShouldBe(Keys("en"));
    }
}

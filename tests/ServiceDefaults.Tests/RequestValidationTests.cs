using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class RequestValidationTests : IAsyncLifetime
{
    private static readonly object GoodHome = new { city = "Suzhou" };

    private SampleApp app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        app = await SampleApp.StartAsync(features =>
            features.MapPost("/people", (Person person) => Results.Ok()).AllowEveryone());
        client = app.Client();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_good_request_reaches_the_handler()
    {
        using var answer = await PostAsync(new { name = "Li", age = 30, home = GoodHome, stays = new[] { new { place = "0123" } }, words = new[] { "a" } });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_named_with_what_is_wrong()
    {
        using var answer = await PostAsync(new { name = "L", age = 200, home = new { city = "" }, stays = new[] { new { place = "0123" }, new { place = "?" } }, words = new[] { "a", "b", "c" } });

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "length_invalid");
        problem.Errors().ShouldBe(["name length_invalid", "age range_invalid", "home.city value_missing", "stays[1].place format_invalid", "words length_invalid"]);
        problem["errors"]![0]!["message"]!.GetValue<string>().ShouldBe("Between 2 and 5 characters or entries are allowed.");
        problem["errors"]![1]!["message"]!.GetValue<string>().ShouldBe("Between 0 and 130 is allowed.");
    }

    [Fact]
    public async Task Messages_of_fields_are_in_the_callers_language()
    {
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        using var answer = await PostAsync(new { name = "L", age = 30, home = GoodHome, stays = Array.Empty<object>(), words = Array.Empty<string>() });

        var message = (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "length_invalid"))["errors"]![0]!["message"]!.GetValue<string>();
        message.ShouldContain("2");
        message.ShouldContain("5");
        message.Any(character => character is >= '\u4e00' and <= '\u9fff').ShouldBeTrue(message);
    }

    [Fact]
    public async Task An_empty_entry_of_a_list_is_named_and_hides_none_after_it()
    {
        using var answer = await PostAsync(new { name = "Li", age = 30, home = GoodHome, stays = new[] { null, new { place = "?" } }, words = new[] { "a", null } });

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "value_missing");
        problem.Errors().ShouldBe(["stays[0] value_missing", "stays[1].place format_invalid", "words[1] value_missing"]);
    }

    [Fact]
    public async Task Twenty_errors_are_enough_to_tell()
    {
        using var answer = await PostAsync(new { name = "Li", age = 30, home = GoodHome, stays = Enumerable.Repeat(new { place = "?" }, 500), words = Array.Empty<string>() });

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "format_invalid")).Errors().Length.ShouldBe(20);
    }

    private Task<HttpResponseMessage> PostAsync(object person) => client.PostAsJsonAsync("people", person);

    internal sealed record Home([Required] string City);

    internal sealed record Stay([RegularExpression("^[0-9]{4}$")] string Place);

    internal sealed record Person(
        [StringLength(5, MinimumLength = 2)] string Name, [Range(0, 130)] int Age, Home Home, IReadOnlyList<Stay> Stays, [Length(0, 2)] IReadOnlyList<string> Words);
}

using System.Net;
using Microsoft.AspNetCore.Builder;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class WordTests
{
    [Fact]
    public async Task A_word_in_the_query_is_written_as_in_JSON()
    {
        using var answer = await GetAsync("?state=inProgress");

        (await answer.Content.ReadAsStringAsync()).ShouldBe("\"inProgress\"");
    }

    [Theory]
    [InlineData("InProgress")]
    [InlineData("1")]
    [InlineData("done,inProgress")]
    [InlineData("gone")]
    public async Task Anything_else_is_refused(string word)
    {
        using var answer = await GetAsync($"?state={word}");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request_malformed")).Errors().ShouldBe(["state request_malformed"]);
    }

    private static async Task<HttpResponseMessage> GetAsync(string query)
    {
        await using var app = await SampleApp.StartAsync(features => features.MapGet("/orders", (Word<State> state) => state.Value).AllowEveryone());
        using var client = app.Client();
        return await client.GetAsync($"orders{query}");
    }

    internal enum State { Done, InProgress }
}

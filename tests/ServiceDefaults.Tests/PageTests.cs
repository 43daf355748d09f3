using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class PageTests
{
    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(2, 2, null)]
    [InlineData(3, 3, null)]
    [InlineData(4, 3, "3")]
    public void A_page_has_a_next_one_only_if_there_is_a_row_more(int rows, int shown, string? next)
    {
        var page = Page<int>.From([.. Enumerable.Range(1, rows)], limit: 3, row => row.ToString());

        page.Items.ShouldBe(Enumerable.Range(1, shown));
        page.Next.ShouldBe(next);
    }

    [Theory]
    [InlineData("", "50 first")]
    [InlineData("?limit=100", "100 first")]
    [InlineData("?limit=1&after=0af76519-16cd-43dd-8448-eb211c80319c", "1 0af76519-16cd-43dd-8448-eb211c80319c")]
    public async Task A_caller_may_say_how_many_and_after_which(string query, string understood)
    {
        using var answer = await GetAsync(query);

        (await answer.Content.ReadAsStringAsync()).ShouldBe(understood);
    }

    [Theory]
    [InlineData("?limit=0", "range_invalid", "limit")]
    [InlineData("?limit=101", "range_invalid", "limit")]
    [InlineData("?limit=all", "request_malformed", "limit")]
    [InlineData("?after=page-2", "cursor_invalid", "after")]
    public async Task A_page_that_cannot_be_is_refused(string query, string code, string field)
    {
        using var answer = await GetAsync(query);

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, code)).Errors().ShouldBe([$"{field} {code}"]);
    }

    [Fact]
    public async Task A_cursor_longer_than_any_of_ours_is_refused()
    {
        using var answer = await GetAsync($"?after={new string('a', 201)}");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "length_invalid")).Errors().ShouldBe(["after length_invalid"]);
    }

    private static async Task<HttpResponseMessage> GetAsync(string query)
    {
        await using var app = await SampleApp.StartAsync(features => features.MapGet("/visits", IResult ([AsParameters] PageQuery page) =>
            page.TryGetAfter(out var id) ? Results.Text($"{page.Take} {id?.ToString() ?? "first"}") : PageQuery.InvalidCursor).AllowEveryone());
        using var client = app.Client();
        return await client.GetAsync($"visits{query}");
    }
}

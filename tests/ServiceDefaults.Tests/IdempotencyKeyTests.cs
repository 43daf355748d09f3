using System.Net;
using Microsoft.AspNetCore.Builder;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class IdempotencyKeyTests
{
    [Fact]
    public async Task The_key_comes_from_its_header()
    {
        var key = Guid.NewGuid();

        using var answer = await PostAsync(key.ToString());

        (await answer.Content.ReadAsStringAsync()).ShouldBe($"\"{key}\"");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("order 5")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public async Task A_write_without_a_key_of_its_own_is_refused(string? key)
    {
        using var answer = await PostAsync(key);

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "idempotency_key_missing");
        problem.Errors().ShouldBe(["Idempotency-Key idempotency_key_missing"]);
    }

    private static async Task<HttpResponseMessage> PostAsync(string? key)
    {
        await using var app = await SampleApp.StartAsync(features => features.MapPost("/orders", (IdempotencyKey key) => key.Value).AllowEveryone());
        using var client = app.Client();
        if (key is not null) client.DefaultRequestHeaders.TryAddWithoutValidation(IdempotencyKey.Header, key);
        return await client.PostAsync("orders", content: null);
    }
}

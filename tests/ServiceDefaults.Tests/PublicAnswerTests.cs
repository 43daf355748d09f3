using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class PublicAnswerTests : IAsyncLifetime
{
    private SampleApp app = null!;
    private HttpClient client = null!;
    private string level = "blue";

    public async ValueTask InitializeAsync()
    {
        app = await SampleApp.StartAsync(features => features.MapGet("/warning", () => new PublicAnswer<Warning>(new Warning(level), TimeSpan.FromSeconds(30))).AllowEveryone());
        client = app.Client();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task Caches_may_keep_it_per_language_for_as_long_as_it_says()
    {
        using var answer = await client.GetAsync("warning");

        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"level":"blue"}""");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.CacheControl!.Public.ShouldBeTrue();
        answer.Headers.CacheControl.MaxAge.ShouldBe(TimeSpan.FromSeconds(30));
        answer.Headers.Vary.ShouldContain("Accept-Language");
        answer.Headers.ETag.ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_has_it_hears_304_until_it_changes()
    {
        using var first = await client.GetAsync("warning");
        var tag = first.Headers.ETag!;

        using var same = await GetIfNoneMatchAsync(tag);
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        same.Headers.ETag.ShouldBe(tag);
        (await same.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();

        level = "red";
        using var changed = await GetIfNoneMatchAsync(tag);
        (await changed.Content.ReadAsStringAsync()).ShouldBe("""{"level":"red"}""");
        changed.Headers.ETag.ShouldNotBe(tag);
    }

    [Fact]
    public async Task A_tag_that_a_proxy_made_weak_and_one_for_anything_count_too()
    {
        using var first = await client.GetAsync("warning");

        using var weak = await GetIfNoneMatchAsync(new EntityTagHeaderValue(first.Headers.ETag!.Tag, isWeak: true));
        using var any = await GetIfNoneMatchAsync(EntityTagHeaderValue.Any);

        weak.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        any.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    private async Task<HttpResponseMessage> GetIfNoneMatchAsync(EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "warning") { Headers = { IfNoneMatch = { tag } } };
        return await client.SendAsync(request);
    }

    internal sealed record Warning(string Level);
}

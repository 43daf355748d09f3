using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;

namespace SmartCity.ServiceDefaults.Tests;

/// <summary>Requests that no handler sees.</summary>
public sealed class MalformedRequestTests : IAsyncLifetime
{
    private SampleApp app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        app = await SampleApp.StartAsync(features =>
        {
            features.MapPost("/trips", (Trip trip) => trip.Name).AllowEveryone();
            features.MapPost("/stays", (IReadOnlyList<Stay> stays) => stays.Count).AllowEveryone();
            features.MapGet("/trips", (int? days) => days).AllowEveryone();
        });
        client = app.Client();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"name":5,"stays":[]}""", "name")]
    [InlineData("""{"name":null,"stays":[]}""", "name")]
    [InlineData("""{"name":"x","stays":[{"from":"2026-01-01T00:00:00Z"},{"from":"yesterday"}]}""", "stays[1].from")]
    [InlineData("""{"name":"x"}""", "stays")]
    [InlineData("""{"name":"x","stays":[{}]}""", "from")]
    [InlineData("""{"name":"x","stays":[],"kind":1}""", "kind")]
    [InlineData("""{"name":"x","stays":[],"kind":"byBroom"}""", "kind")]
    public async Task What_cannot_be_read_is_named(string body, string field)
    {
        using var answer = await client.PostAsync("trips", Json(body));

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "body_malformed");
        problem.Errors().ShouldBe([$"{field} body_malformed"]);
    }

    [Fact]
    public async Task An_entry_of_a_body_that_is_a_list_is_named_by_its_index()
    {
        using var answer = await client.PostAsync("stays", Json("""[{"from":"yesterday"}]"""));

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "body_malformed")).Errors().ShouldBe(["[0].from body_malformed"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("""{"name":"a","name":"b","stays":[]}""")]
    public async Task What_is_no_JSON_object_of_ours_is_refused(string body)
    {
        using var answer = await client.PostAsync("trips", Json(body));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("many")]
    [InlineData("'some'thing'else'")]
    [InlineData("99999999999")]
    public async Task A_query_value_of_the_wrong_form_is_named(string value)
    {
        using var answer = await client.GetAsync($"trips?days={value}");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request_malformed")).Errors().ShouldBe(["days request_malformed"]);
    }

    [Fact]
    public async Task Wrong_method_is_405_and_names_the_right_ones()
    {
        using var answer = await client.DeleteAsync("trips");

        await answer.ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        answer.Content.Headers.Allow.ShouldBe(["GET", "POST"], ignoreOrder: true);
    }

    [Fact]
    public async Task Wrong_content_type_is_415_also_for_who_is_not_signed_in()
    {
        using var answer = await client.PostAsync("trips", new StringContent("name=x", Encoding.UTF8, "text/plain"));

        await answer.ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
    }

    [Fact]
    public async Task A_body_of_more_than_a_mebibyte_is_413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "trips") { Content = JsonContent.Create(new { name = new string('x', 1024 * 1024), stays = Array.Empty<Stay>() }) };
        await request.Content.LoadIntoBufferAsync();
        // The client hears the answer before it has sent what nobody reads.
        request.Headers.ExpectContinue = true;

        using var answer = await client.SendAsync(request);

        await answer.ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    private static StringContent Json(string body) => new(body, new MediaTypeHeaderValue("application/json"));

    internal enum Kind { OnFoot, ByBus }

    internal sealed record Stay(DateTimeOffset From);

    internal sealed record Trip(string Name, IReadOnlyList<Stay> Stays, Kind Kind = Kind.OnFoot);
}

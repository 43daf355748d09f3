using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.Gateway.Tests;

public sealed class CacheTests
{
    private const string Bulletins = "/health-code/v1/bulletins";

    private static readonly string LongText = string.Join(' ', Enumerable.Repeat("Wash your hands.", 300));

    [Fact]
    public async Task Public_answers_are_asked_for_once_per_language_and_private_ones_every_time()
    {
        await using var backend = await Backend.StartAsync("only");
        await using var gateway = Gateways.Before([backend]);
        using var client = gateway.Anyone();

        var texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => InAsync(client, "zh-CN")));
        texts.ShouldAllBe(text => text == "zh-CN");
        (await InAsync(client, "en")).ShouldBe("en");
        backend.Asked.ShouldBe(2);

        await client.GetAsync("/health-code/v1/private");
        await client.GetAsync("/health-code/v1/private");
        backend.Asked.ShouldBe(4);
    }

    [Fact]
    public async Task What_is_not_called_public_is_never_given_to_somebody_else()
    {
        await using var backend = await Backend.StartAsync((app, backend) =>
        {
            app.MapGet("/health-code/v1/me/thing", (HttpResponse response) => Answer(response, "private, max-age=60", $"{backend.Count()}"));
            app.MapGet("/health-code/v1/cookie", (HttpResponse response) =>
            {
                response.Headers.SetCookie = "a=b";
                return Answer(response, "public, max-age=60", $"{backend.Count()}");
            });
            app.MapGet("/health-code/v1/varies", (HttpResponse response) =>
            {
                response.Headers.Vary = "Cookie";
                return Answer(response, "public, max-age=60", $"{backend.Count()}");
            });
        });
        await using var gateway = Gateways.Before([backend]);
        using var one = gateway.As(Guid.CreateVersion7(), Roles.Citizen);
        using var two = gateway.Anyone();

        foreach (var path in (string[])["me/thing", "cookie", "varies"])
            (await one.GetStringAsync($"/health-code/v1/{path}")).ShouldNotBe(await two.GetStringAsync($"/health-code/v1/{path}"), path);
    }

    [Fact]
    public async Task Who_has_an_answer_already_is_told_so_without_asking_the_service()
    {
        await using var backend = await Backend.StartAsync((app, backend) => app.MapGet(Bulletins, (HttpResponse response) =>
        {
            backend.Count();
            return Answer(response, "public, max-age=60", LongText);
        }));
        await using var gateway = Gateways.Before([backend]);
        using var client = gateway.Anyone();

        using var first = await client.GetAsync(Bulletins);
        var tag = first.Headers.ETag.ShouldNotBeNull();
        using var request = new HttpRequestMessage(HttpMethod.Get, Bulletins) { Headers = { IfNoneMatch = { tag } } };
        using var second = await client.SendAsync(request);

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        second.Headers.ETag.ShouldBe(tag);
        second.Headers.Age.ShouldNotBeNull();
        backend.Asked.ShouldBe(1);
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0", "gzip")]
    [InlineData("identity", "")]
    public async Task Answers_are_compressed_as_the_caller_reads_them(string accepts, string expected)
    {
        await using var backend = await Backend.StartAsync((app, _) =>
        {
            app.MapGet(Bulletins, (HttpResponse response) => Answer(response, "public, max-age=60", LongText));
            app.MapGet("/health-code/v1/me/long", () => LongText);
        });
        await using var gateway = Gateways.Before([backend]);
        using var client = gateway.Anyone();
        client.DefaultRequestHeaders.Add("Accept-Encoding", accepts);

        foreach (var path in (string[])[Bulletins, Bulletins, "/health-code/v1/me/long"])
        {
            using var answer = await client.GetAsync(path);
            answer.Header("Content-Encoding").ShouldBe(expected);
            var length = (await answer.Content.ReadAsByteArrayAsync()).Length;
            if (expected.Length == 0) length.ShouldBe(LongText.Length);
            else length.ShouldBeLessThan(LongText.Length * 3 / 4);
        }
    }

    [Fact]
    public async Task While_one_renews_it_others_get_the_old_answer_and_when_the_service_is_gone_all_do()
    {
        var release = new TaskCompletionSource();
        var backend = await Backend.StartAsync((app, backend) => app.MapGet(Bulletins, async (HttpResponse response) =>
        {
            var number = backend.Count();
            if (number == 2) await release.Task;
            await Answer(response, "public, max-age=1", $"edition {number}");
        }));
        await using var gateway = Gateways.Before([backend]);
        using var client = gateway.Anyone();
        (await client.GetStringAsync(Bulletins)).ShouldBe("edition 1");

        // The answer is old once somebody is sent to renew it, who then has to wait.
        var renewing = new List<Task<string>>();
        await Eventually.Async(
            () =>
            {
                if (backend.Asked == 1) renewing.Add(client.GetStringAsync(Bulletins));
                return Task.FromResult(backend.Asked == 2);
            },
            TimeSpan.FromSeconds(10),
            "somebody renews it");
        for (var i = 0; i < 10; i++) (await client.GetStringAsync(Bulletins)).ShouldBe("edition 1");
        release.SetResult();
        (await Task.WhenAll(renewing)).ShouldContain("edition 2");
        backend.Asked.ShouldBe(2);

        await backend.DisposeAsync();
        await Eventually.Async(
            async () =>
            {
                using var answer = await client.GetAsync(Bulletins);
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                (await answer.Content.ReadAsStringAsync()).ShouldBe("edition 2");
                return answer.Headers.Age > TimeSpan.FromSeconds(1);
            },
            TimeSpan.FromSeconds(10),
            "the answer is older than its time");
    }

    [Fact]
    public async Task An_old_answer_that_is_still_right_is_not_sent_again_by_the_service()
    {
        var sent = 0;
        await using var backend = await Backend.StartAsync((app, backend) => app.MapGet(Bulletins, async (HttpResponse response) =>
        {
            backend.Count();
            response.Headers.ETag = "\"one\"";
            response.Headers.CacheControl = "public, max-age=1";
            if (response.HttpContext.Request.Headers.IfNoneMatch == "\"one\"") response.StatusCode = StatusCodes.Status304NotModified;
            else
            {
                Interlocked.Increment(ref sent);
                await response.WriteAsync("text");
            }
        }));
        await using var gateway = Gateways.Before([backend]);
        using var client = gateway.Anyone();

        await Eventually.Async(
            async () =>
            {
                (await client.GetStringAsync(Bulletins)).ShouldBe("text");
                return backend.Asked >= 3;
            },
            TimeSpan.FromSeconds(10),
            "it was renewed twice");
        sent.ShouldBe(1);
    }

    private static Task Answer(HttpResponse response, string control, string text)
    {
        response.Headers.CacheControl = control;
        response.ContentType = "text/plain";
        return response.WriteAsync(text);
    }

    private static async Task<string> InAsync(HttpClient client, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health-code/v1/public");
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }
}

using System.Net;
using System.Text.Json.Nodes;

namespace SmartCity.ServiceDefaults.Tests;

/// <summary>Reads an answer that has to be a problem (RFC 9457).</summary>
internal static class Problem
{
    public static async Task<JsonNode> ShouldBeProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        response.Headers.CacheControl.ShouldNotBeNull().NoStore.ShouldBeTrue();
        var problem = JsonNode.Parse(body).ShouldNotBeNull();
        problem["code"]!.GetValue<string>().ShouldBe(code);
        problem["type"]!.GetValue<string>().ShouldBe($"urn:smartcity:problem:{code}");
        problem["status"]!.GetValue<int>().ShouldBe((int)status);
        problem["title"]!.GetValue<string>().ShouldNotBe(code, "the code has a text");
        problem["traceId"]!.GetValue<string>().ShouldNotBeEmpty();
        return problem;
    }

    /// <summary>The fields that the problem names, with their codes.</summary>
    public static string[] Errors(this JsonNode problem) =>
        [.. (problem["errors"]?.AsArray() ?? []).Select(error => $"{error!["field"]} {error["code"]}")];
}

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class OpenApiTests : IAsyncLifetime
{
    private JsonNode document = null!;

    public async ValueTask InitializeAsync()
    {
        await using var app = await SampleApp.StartAsync(features =>
        {
            features.MapPost("/orders", (Order order, IdempotencyKey key) => order).Allow(Roles.Citizen, Roles.Proxy).WithDescription("Orders something.")
                .WithExample(request: new Order("tea"), answer: new Order("green tea"));
            features.MapGet("/orders", () => "ok").AllowServices("sample:read");
            features.MapGet("/shop", () => new PublicAnswer<Order>(new Order("tea"), TimeSpan.FromSeconds(1))).AllowEveryone();
        });
        using var client = app.Client();
        document = JsonNode.Parse(await client.GetStringAsync("/sample/openapi/v1.json"))!;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void The_document_is_OpenAPI_3_1() => document["openapi"]!.GetValue<string>().ShouldStartWith("3.1.");

    [Fact]
    public void Every_operation_names_who_may_call_it()
    {
        Operation("/orders", "post")["description"]!.GetValue<string>().ShouldBe("Orders something.\n\nWho may call: citizen, proxy.");
        Operation("/orders", "get")["description"]!.GetValue<string>().ShouldBe("Who may call: services with the scope sample:read.");
        Operation("/orders", "post")["security"]![0]!.AsObject().ShouldContainKey("bearer");
        Operation("/shop", "get")["security"].ShouldBeNull();
        document["components"]!["securitySchemes"]!["bearer"]!["scheme"]!.GetValue<string>().ShouldBe("bearer");
    }

    [Fact]
    public void Every_operation_says_that_refusals_are_problems()
    {
        foreach (var (path, method) in new[] { ("/orders", "post"), ("/orders", "get"), ("/shop", "get") })
        {
            Operation(path, method)["responses"]!["default"]!["content"]!.AsObject().ShouldContainKey("application/problem+json");
        }
    }

    [Fact]
    public void An_example_stands_in_the_document_as_the_service_reads_and_writes_it()
    {
        Operation("/orders", "post")["requestBody"]!["content"]!["application/json"]!["example"]!["article"]!.GetValue<string>().ShouldBe("tea");
        Operation("/orders", "post")["responses"]!["200"]!["content"]!["application/json"]!["example"]!["article"]!.GetValue<string>().ShouldBe("green tea");
    }

    [Fact]
    public void A_write_with_a_key_documents_its_header()
    {
        var parameter = Operation("/orders", "post")["parameters"]!.AsArray().ShouldHaveSingleItem()!;

        parameter["name"]!.GetValue<string>().ShouldBe("Idempotency-Key");
        parameter["in"]!.GetValue<string>().ShouldBe("header");
        parameter["required"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void A_public_answer_documents_what_it_holds_and_that_it_may_be_known_already() =>
        Operation("/shop", "get")["responses"]!.AsObject().Select(response => response.Key).ShouldBe(["200", "304", "default"], ignoreOrder: true);

    private JsonNode Operation(string path, string method) => document["paths"]![$"/sample/v1{path}"]![method]!;

    internal sealed record Order(string Article);
}

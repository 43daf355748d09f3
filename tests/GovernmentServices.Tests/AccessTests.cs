using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class AccessTests(CityServers servers)
{
    [Fact]
    public async Task Every_endpoint_lets_in_whom_its_rule_names_and_nobody_else()
    {
        await using var city = await GovernmentCity.StartAsync(servers);

        await EveryEndpoint.HoldsItsRuleAsync(
            city.App,
            approvedPublic:
            [
                "GET /health/live", "GET /health/ready", "GET /government-services/openapi/{documentName}.json",
                "GET /government-services/v1/bulletins", "GET /government-services/v1/bulletins/{id:guid}",
                "GET /government-services/v1/bulletins/{id:guid}/revisions", "GET /government-services/v1/bookables", "GET /government-services/v1/bookables/{id:guid}/draw",
                "GET /government-services/v1/bookables/{id:guid}/draw/entries",
                "GET /government-services/v1/bulletins/feed.atom", "GET /government-services/v1/bulletins/feed.json", "GET /government-services/v1/bulletins/{id:guid}/signed",
                "GET /government-services/v1/bulletins/{id:guid}/revisions/{revision:int}/signed", "GET /government-services/v1/reports/{id:guid}/history",
                "GET /government-services/v1/reports/{id:guid}/photos/{photo:guid}", "GET /government-services/v1/satisfaction",
                "GET /government-services/v1/services", "GET /government-services/v1/services/{key}", "GET /government-services/v1/life-events",
                "GET /government-services/v1/once-only",
                "GET /government-services/v1/certificates/status/{list:int}", "GET /government-services/v1/certificates/{number}",
                "POST /government-services/v1/certificates/verification", "GET /government-services/v1/certificates/verify",
                "POST /government-services/v1/certificates/verify",
                "GET /government-services/v1/report-categories", "GET /government-services/v1/keys", "GET /government-services/v1/data-assets",
                "GET /government-services/v1/data-assets/{id:guid}", "GET /government-services/v1/open-data/{id:guid}.csv",
                "GET /government-services/v1/open-data/{id:guid}.json", "GET /government-services/v1/open-data/catalog.ttl",
                "GET /government-services/v1/open-data/catalog.jsonld",
                "GET /government-services/open311/v2/discovery.{format:regex(^(json|xml)$)}", "GET /government-services/open311/v2/services.{format:regex(^(json|xml)$)}",
                "GET /government-services/open311/v2/services/{code}.{format:regex(^(json|xml)$)}", "GET /government-services/open311/v2/requests.{format:regex(^(json|xml)$)}",
                "GET /government-services/open311/v2/requests/{id:guid}.{format:regex(^(json|xml)$)}", "GET /government-services/open311/v2/tokens/{id:guid}.{format:regex(^(json|xml)$)}",
            ],
            new Dictionary<string, string> { ["documentName"] = "v1", ["format"] = "json" });
    }

    [Fact]
    public async Task Whatever_people_can_do_somebody_can_do_for_them_with_their_consent()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        using var started = city.App.Anyone();

        var theirs = city.App.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => (endpoint.DisplayName, endpoint.Metadata.GetMetadata<AccessRule>()?.Roles))
            .Where(endpoint => endpoint.Roles?.Contains(Roles.Citizen) == true).ToArray();

        theirs.Length.ShouldBeGreaterThan(20);
        theirs.Where(endpoint => !endpoint.Roles!.Contains(Roles.Proxy)).ShouldBeEmpty("a step that needs a phone of one's own");
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Open311;

/// <summary>What can be reported: the categories of reports, as GeoReport calls them services.</summary>
internal static class Open311Services
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet($"/discovery.{GeoReport.Format}", Discover)
            .WithName("DiscoverOpen311").WithSummary("Where the Open311 endpoint is and what it speaks.")
            .AnswersInBoth("""{"changeset":"2026-11-01T00:00:00+00:00","contact":"12345","key_service":"/identity","endpoints":[]}""")
            .AllowEveryone();
        features.MapGet($"/services.{GeoReport.Format}", List)
            .WithName("ListOpen311Services").WithSummary("What can be reported.")
            .AnswersInBoth("""[{"service_code":"traffic","service_name":"Traffic and transport","metadata":false,"type":"realtime"}]""")
            .AllowEveryone();
        features.MapGet($"/services/{{code}}.{GeoReport.Format}", Define)
            .WithName("ShowOpen311Service").WithSummary("What a report of this kind must say beside its text: nothing.")
            .AnswersInBoth("""{"service_code":"traffic","attributes":[]}""")
            .AllowEveryone();
    }

    private static ContentHttpResult Discover(string format, HttpRequest request)
    {
        var address = $"{request.Scheme}://{request.Host}/government-services/open311/v2";
        var discovery = new JsonObject
        {
            ["changeset"] = "2026-11-01T00:00:00+00:00",
            ["contact"] = "12345",
            ["key_service"] = "An access token from /identity/connect/token in the header Authorization.",
            ["endpoints"] = new JsonArray(new JsonObject
            {
                ["specification"] = "http://wiki.open311.org/GeoReport_v2",
                ["url"] = address,
                ["changeset"] = "2026-11-01T00:00:00+00:00",
                ["type"] = "production",
                ["formats"] = new JsonArray("application/json", "text/xml"),
            }),
        };
        return format == "json" ? TypedResults.Text(discovery.ToJsonString(), "application/json; charset=utf-8") : GeoReport.Xml(GeoReport.ToXml("discovery", discovery));
    }

    private static ContentHttpResult List(string format, CityDirectory directory) => GeoReport.Write(format, "services", "service",
    [
        .. directory.ReportCategories.Select(category => new JsonObject
        {
            ["service_code"] = category.Key,
            ["service_name"] = category.Value.Name.In(CultureInfo.CurrentUICulture),
            ["description"] = directory.NameOfDepartment(category.Value.Department),
            ["metadata"] = false,
            ["type"] = "realtime",
            ["keywords"] = $"{category.Value.Name.Zh},{category.Value.Name.En}",
            ["group"] = directory.NameOfDepartment(category.Value.Department),
        }),
    ]);

    private static Results<ContentHttpResult, Refusal> Define(string code, string format, CityDirectory directory)
    {
        if (!directory.ReportCategories.ContainsKey(code)) return Refusal.NotFound();
        return format == "json"
            ? TypedResults.Text(new JsonObject { ["service_code"] = code, ["attributes"] = new JsonArray() }.ToJsonString(), "application/json; charset=utf-8")
            : GeoReport.Xml(new XElement("service_definition", new XElement("service_code", code), new XElement("attributes")));
    }
}

using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>Section "OpenData" of the configuration.</summary>
internal sealed class OpenDataOptions
{
    /// <summary>The address at which the outside reaches this service, for links that are read elsewhere.</summary>
    [Required, RegularExpression("^https?://.*[^/]$")]
    public string Address { get; init; } = "http://localhost:8080/government-services/v1";
}

/// <summary>Other portals harvest the city's open data by a DCAT-AP 3.0.1 catalogue, as Turtle or JSON-LD.</summary>
internal static class DescribeOpenData
{
    private const string Cacheable = "public, max-age=60";
    private const int MostAssets = 10_000;

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/open-data/catalog.ttl", TurtleAsync)
            .WithName("DescribeOpenDataAsTurtle")
            .WithTags("Shared data")
            .WithSummary("The city's open data as a DCAT-AP 3.0.1 catalogue in Turtle.")
            .WithExample(answer: "<…/open-data/catalog> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Catalog> .")
            .Produces<string>(StatusCodes.Status200OK, "text/turtle")
            .AllowEveryone();
        features.MapGet("/open-data/catalog.jsonld", JsonLdAsync)
            .WithName("DescribeOpenDataAsJsonLd")
            .WithTags("Shared data")
            .WithSummary("The same in JSON-LD 1.1, expanded.")
            .WithExample(answer: """[{"@id":"…/open-data/catalog","@type":["http://www.w3.org/ns/dcat#Catalog"]}]""")
            .Produces<string>(StatusCodes.Status200OK, "application/ld+json")
            .AllowEveryone();
    }

    private static async Task<ContentHttpResult> TurtleAsync(
        HttpResponse response, GovernmentServicesDb db, CityDirectory directory, IOptions<OpenDataOptions> options, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = Cacheable;
        return TypedResults.Text((await CatalogueAsync(db, directory, options, cancellationToken)).ToTurtle(), "text/turtle; charset=utf-8");
    }

    private static async Task<ContentHttpResult> JsonLdAsync(
        HttpResponse response, GovernmentServicesDb db, CityDirectory directory, IOptions<OpenDataOptions> options, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = Cacheable;
        return TypedResults.Text((await CatalogueAsync(db, directory, options, cancellationToken)).ToJsonLd().ToJsonString(), "application/ld+json; charset=utf-8");
    }

    private static async Task<DcatCatalogue> CatalogueAsync(
        GovernmentServicesDb db, CityDirectory directory, IOptions<OpenDataOptions> options, CancellationToken cancellationToken)
    {
        var open = await ReadCatalogue.Registered(db)
            .Where(row => row.Entry.Sensitivity == DataSensitivity.Public && row.Entry.Dataset != null)
            .OrderBy(row => row.Asset.Id)
            .Take(MostAssets)
            .ToListAsync(cancellationToken);
        return DcatCatalogue.Describe(options.Value.Address, [.. open.Select(row => new OpenAsset(
            row.Asset.Id, row.Asset.Department, directory.Departments.GetValueOrDefault(row.Asset.Department) ?? new LocalText(row.Asset.Department, row.Asset.Department),
            row.Entry.Name, row.Entry.Description, row.Entry.Frequency, row.Entry.ProposedAt, row.Entry.DecidedAt!.Value))]);
    }
}

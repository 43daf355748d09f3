using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Open311;

/// <summary>
/// Open311 GeoReport v2: apps of other makers send reports and follow them. One ledger with the city's own reports. Every answer is there as JSON and as XML;
/// refusals are the city's problems (RFC 9457), whose <c>code</c> and <c>detail</c> are what GeoReport calls code and description.
/// </summary>
internal static class GeoReport
{
    /// <summary>The ending of every address: which form the answer has.</summary>
    public const string Format = "{format:regex(^(json|xml)$)}";

    public static void Map(WebApplication app)
    {
        var features = app.MapGroup("/government-services/open311/v2").WithTags("Open311");
        Open311Services.Map(features);
        Open311Requests.Map(features);
        FileOpen311Request.Map(features);
    }

    /// <summary>A list in the form that was asked for; in XML each <paramref name="item"/> stands in one <paramref name="list"/>.</summary>
    public static ContentHttpResult Write(string format, string list, string item, IReadOnlyList<JsonObject> items, int status = StatusCodes.Status200OK) =>
        format == "json"
            ? TypedResults.Text(new JsonArray([.. items]).ToJsonString(), "application/json; charset=utf-8", statusCode: status)
            : Xml(new XElement(list, items.Select(one => ToXml(item, one))), status);

    public static ContentHttpResult Xml(XElement root, int status = StatusCodes.Status200OK) =>
        TypedResults.Text($"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{root}", "text/xml; charset=utf-8", statusCode: status);

    public static XElement ToXml(string name, JsonNode? value) => value switch
    {
        JsonObject members => new XElement(name, members.Select(member => ToXml(member.Key, member.Value))),
        // In XML the plural holds elements of the singular.
        JsonArray items => new XElement(name, items.Select(item => ToXml(name.TrimEnd('s'), item))),
        null => new XElement(name),
        _ => new XElement(name, value.ToString()),
    };

    /// <summary>W3C date and time with its offset, as GeoReport asks.</summary>
    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    public static TBuilder AnswersInBoth<TBuilder>(this TBuilder endpoint, string example) where TBuilder : IEndpointConventionBuilder => endpoint
        .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["application/json", "text/xml"]))
        .WithExample(answer: example);
}

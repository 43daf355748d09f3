using System.Globalization;
using System.Xml.Linq;
using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>A warning as an OASIS Common Alerting Protocol 1.2 document, with one info block per language.</summary>
internal static class CapAlert
{
    public const string MediaType = "application/cap+xml";

    private static readonly XNamespace Cap = "urn:oasis:names:tc:emergency:cap:1.2";

    /// <summary>The alert of an issued warning, or its cancellation.</summary>
    public static XElement Of(Warning warning, WarningOptions options)
    {
        var issuedAt = warning.IssuedAt ?? throw new ArgumentException("Only an issued warning has an alert.", nameof(warning));
        var identifier = Identifier(warning.Id);
        return new XElement(
            Cap + "alert",
            new XElement(Cap + "identifier", warning.CancelledAt is null ? identifier : $"{identifier}-cancel"),
            new XElement(Cap + "sender", options.Sender),
            new XElement(Cap + "sent", Time(warning.CancelledAt ?? issuedAt)),
            new XElement(Cap + "status", "Actual"),
            new XElement(Cap + "msgType", warning.CancelledAt is null ? "Alert" : "Cancel"),
            new XElement(Cap + "scope", "Public"),
            warning.CancelledAt is null ? null : new XElement(Cap + "references", $"{options.Sender},{identifier},{Time(issuedAt)}"),
            Info(warning, "zh-CN", "传染病疫情", warning.Zh, options.CityName.Zh, issuedAt),
            Info(warning, "en-US", "Infectious disease", warning.En, options.CityName.En, issuedAt));
    }

    public static string Identifier(Guid warningId) => $"smartcity-{warningId}";

    private static XElement Info(Warning warning, string language, string occasion, WarningTexts texts, string cityName, DateTimeOffset issuedAt) => new(
        Cap + "info",
        new XElement(Cap + "language", language),
        new XElement(Cap + "category", "Health"),
        new XElement(Cap + "event", occasion),
        new XElement(Cap + "responseType", "Monitor"),
        new XElement(Cap + "urgency", warning.CancelledAt is null ? "Expected" : "Past"),
        new XElement(Cap + "severity", warning.Severity),
        new XElement(Cap + "certainty", "Likely"),
        new XElement(Cap + "effective", Time(issuedAt)),
        new XElement(Cap + "expires", Time(warning.ExpiresAt)),
        new XElement(Cap + "headline", texts.Headline),
        new XElement(Cap + "description", texts.Description),
        new XElement(Cap + "instruction", texts.Instruction),
        AreaOf(warning, cityName));

    private static XElement AreaOf(Warning warning, string cityName)
    {
        if (!GridCell.TryParse(warning.Cell, out var cell)) return new XElement(Cap + "area", new XElement(Cap + "areaDesc", cityName));
        return new XElement(
            Cap + "area",
            new XElement(Cap + "areaDesc", warning.Cell),
            new XElement(Cap + "polygon", Polygon(cell)),
            new XElement(Cap + "geocode", new XElement(Cap + "valueName", "SmartCityGridCell"), new XElement(Cap + "value", warning.Cell)));
    }

    /// <summary>The cell's corners, counter-clockwise, the first again at the end (CAP 1.2 §3.2.4).</summary>
    private static string Polygon(GridCell cell)
    {
        var (south, west) = (cell.South / 100m, cell.West / 100m);
        (decimal Latitude, decimal Longitude)[] corners = [(south, west), (south, west + 0.01m), (south + 0.01m, west + 0.01m), (south + 0.01m, west), (south, west)];
        return string.Join(' ', corners.Select(corner => string.Create(CultureInfo.InvariantCulture, $"{corner.Latitude:0.00},{corner.Longitude:0.00}")));
    }

    /// <summary>Whole seconds with a numeric offset: CAP's schema allows neither fractions nor Z.</summary>
    private static string Time(DateTimeOffset moment) => moment.ToOffset(CityDay.Offset).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
}

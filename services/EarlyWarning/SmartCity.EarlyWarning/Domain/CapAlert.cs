using System.Globalization;
using System.Xml.Linq;
using SmartCity.EarlyWarning.Cap;
using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>A warning as an OASIS Common Alerting Protocol 1.2 document, with one info block per language.</summary>
internal static class CapAlert
{
    /// <summary>The value name of a grid cell as a geocode.</summary>
    public const string CellGeocode = "SmartCityGridCell";

    private static readonly XNamespace Cap = CapDocument.Namespace;

    /// <summary>The alert of a public warning.</summary>
    /// <param name="warning">Issued.</param>
    /// <param name="before">The public warnings about the matter before it, the oldest first: the alert names them all.</param>
    /// <param name="options">Who sends.</param>
    public static XElement Of(Warning warning, IReadOnlyList<Warning> before, WarningOptions options) =>
        Alert(warning, Identifier(warning.Id), IssuedAt(warning), warning.Kind == WarningKind.Alert ? "Alert" : "Update", warning.Urgency, before, options);

    /// <summary>The cancellation of a public warning.</summary>
    /// <param name="warning">Cancelled.</param>
    /// <param name="before">The public warnings about the matter before it.</param>
    /// <param name="options">Who sends.</param>
    public static XElement CancellationOf(Warning warning, IReadOnlyList<Warning> before, WarningOptions options) => Alert(
        warning, $"{Identifier(warning.Id)}-cancel", warning.CancelledAt ?? throw new ArgumentException("Not cancelled.", nameof(warning)), "Cancel", Urgency.Past, [.. before, warning], options);

    public static string Identifier(Guid warningId) => $"smartcity-{warningId}";

    private static XElement Alert(
        Warning warning, string identifier, DateTimeOffset sent, string type, Urgency urgency, IReadOnlyList<Warning> references, WarningOptions options)
    {
        var hazard = options.HazardOf(warning.Hazard) ?? new WarningOptions.Hazard(warning.Hazard, "Other", warning.Hazard, warning.Hazard);
        // A cancellation may come after the end: then it ends when it is sent, give or take the second that the end must be later.
        var expires = warning.ExpiresAt >= sent.AddSeconds(1) ? warning.ExpiresAt : sent.AddSeconds(1);
        return new XElement(
            Cap + "alert",
            new XElement(Cap + "identifier", identifier),
            new XElement(Cap + "sender", options.Sender),
            new XElement(Cap + "sent", Time(sent)),
            new XElement(Cap + "status", warning.IsExercise ? "Exercise" : "Actual"),
            new XElement(Cap + "msgType", type),
            new XElement(Cap + "scope", "Public"),
            warning.IsExercise ? new XElement(Cap + "note", "演练，不是真实预警。 This is a drill.") : null,
            references.Count == 0 ? null : new XElement(Cap + "references", string.Join(' ', references.Select(earlier => new CapReference(options.Sender, Identifier(earlier.Id), Time(IssuedAt(earlier)))))),
            Info("zh-CN", hazard.Zh, warning.Zh, options.CityName.Zh),
            Info("en-US", hazard.En, warning.En, options.CityName.En));

        XElement Info(string language, string occasion, WarningTexts texts, string cityName) => new(
            Cap + "info",
            new XElement(Cap + "language", language),
            new XElement(Cap + "category", hazard.Category),
            new XElement(Cap + "event", occasion),
            new XElement(Cap + "responseType", warning.Response),
            new XElement(Cap + "urgency", urgency),
            new XElement(Cap + "severity", warning.Severity),
            new XElement(Cap + "certainty", warning.Certainty),
            new XElement(Cap + "eventCode", new XElement(Cap + "valueName", "SmartCityHazard"), new XElement(Cap + "value", hazard.Name)),
            new XElement(Cap + "effective", Time(IssuedAt(warning))),
            new XElement(Cap + "expires", Time(expires)),
            new XElement(Cap + "senderName", cityName),
            new XElement(Cap + "headline", texts.Headline),
            new XElement(Cap + "description", texts.Description),
            new XElement(Cap + "instruction", texts.Instruction),
            AreaOf(warning, cityName));
    }

    private static XElement AreaOf(Warning warning, string cityName)
    {
        var area = new XElement(Cap + "area", new XElement(Cap + "areaDesc", warning.Cell ?? cityName), warning.Polygons.Select(polygon => new XElement(Cap + "polygon", polygon)));
        if (!GridCell.TryParse(warning.Cell, out var cell)) return area;
        if (warning.Polygons.Length == 0) area.Add(new XElement(Cap + "polygon", Polygon(cell)));
        area.Add(new XElement(Cap + "geocode", new XElement(Cap + "valueName", CellGeocode), new XElement(Cap + "value", warning.Cell)));
        return area;
    }

    /// <summary>The cell's corners, counter-clockwise, the first again at the end (CAP 1.2 §3.2.4).</summary>
    private static string Polygon(GridCell cell)
    {
        var (south, west) = (cell.South / 100m, cell.West / 100m);
        (decimal Latitude, decimal Longitude)[] corners = [(south, west), (south, west + 0.01m), (south + 0.01m, west + 0.01m), (south + 0.01m, west), (south, west)];
        return string.Join(' ', corners.Select(corner => string.Create(CultureInfo.InvariantCulture, $"{corner.Latitude:0.00},{corner.Longitude:0.00}")));
    }

    private static DateTimeOffset IssuedAt(Warning warning) => warning.IssuedAt ?? throw new ArgumentException("Only an issued warning has an alert.", nameof(warning));

    private static string Time(DateTimeOffset moment) => CapDocument.Time(moment, CityDay.Offset);
}

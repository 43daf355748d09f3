using System.Globalization;
using System.Xml.Linq;

namespace SmartCity.EarlyWarning.Cap;

/// <summary>What CAP 1.2 says in words and its schema does not: references, audience, ends, areas, values that must not be empty (§3.2, §3.3).</summary>
internal static class CapRules
{
    private static readonly XNamespace Cap = CapDocument.Namespace;

    // These name or say something; §3.2 makes no sense of them when they are empty.
    private static readonly string[] NeverEmpty = ["event", "areaDesc", "valueName", "resourceDesc", "mimeType", "language"];

    public static IEnumerable<CapFault> Check(XElement alert)
    {
        foreach (var name in new[] { "sender", "identifier" })
        {
            if (alert.Element(Cap + name) is { } element && (element.Value.Trim().Length == 0 || element.Value.Trim().Any(letter => char.IsWhiteSpace(letter) || letter is ',' or '<' or '&')))
                yield return new CapFault(CapFaults.Name, CapReader.PathOf(element), element.Value);
        }

        foreach (var fault in CheckReferences(alert)) yield return fault;
        foreach (var fault in CheckAudience(alert)) yield return fault;
        foreach (var element in alert.Descendants().Where(element => element.Name.Namespace == Cap && NeverEmpty.Contains(element.Name.LocalName) && string.IsNullOrWhiteSpace(element.Value)))
        {
            yield return new CapFault(CapFaults.Empty, CapReader.PathOf(element));
        }

        foreach (var fault in CheckTimes(alert)) yield return fault;
        foreach (var polygon in alert.Descendants(Cap + "polygon").Where(polygon => !CapPolygon.TryParse(polygon.Value, out _))) yield return new CapFault(CapFaults.Polygon, CapReader.PathOf(polygon));
        foreach (var circle in alert.Descendants(Cap + "circle").Where(circle => !IsCircle(circle.Value))) yield return new CapFault(CapFaults.Circle, CapReader.PathOf(circle), circle.Value);
    }

    private static IEnumerable<CapFault> CheckReferences(XElement alert)
    {
        var element = alert.Element(Cap + "references");
        var references = CapReference.ParseAll(element?.Value);
        if (references is null) yield return new CapFault(CapFaults.ReferencesInvalid, "/alert/references", element!.Value.Trim());
        else if (references.Count == 0 && (element is not null || (string?)alert.Element(Cap + "msgType") is "Update" or "Cancel" or "Ack" or "Error")) yield return new CapFault(CapFaults.ReferencesMissing, "/alert/references");
    }

    private static IEnumerable<CapFault> CheckAudience(XElement alert)
    {
        var missing = (string?)alert.Element(Cap + "scope") switch
        {
            "Restricted" => "restriction",
            "Private" => "addresses",
            _ => null,
        };
        if (missing is not null && string.IsNullOrWhiteSpace((string?)alert.Element(Cap + missing))) yield return new CapFault(CapFaults.AudienceMissing, $"/alert/{missing}");
    }

    private static IEnumerable<CapFault> CheckTimes(XElement alert)
    {
        // The schema let pass what looks like a time; the comma in its pattern, and days that no month has, it let pass too.
        foreach (var time in alert.Descendants().Where(element => element.Name.Namespace == Cap && element.Name.LocalName is "sent" or "effective" or "onset" or "expires" && !CapReader.IsTime(element.Value.Trim())))
        {
            yield return new CapFault(CapFaults.Schema, CapReader.PathOf(time), time.Value);
        }

        if (Time(alert, "sent") is not { } sent) yield break;
        foreach (var info in alert.Elements(Cap + "info"))
        {
            if (Time(info, "expires") is not { } expires) continue;
            if (expires <= sent || expires < (Time(info, "effective") ?? sent)) yield return new CapFault(CapFaults.Expires, CapReader.PathOf(info.Element(Cap + "expires")!), info.Element(Cap + "expires")!.Value);
        }
    }

    private static DateTimeOffset? Time(XElement parent, string name) =>
        parent.Element(Cap + name)?.Value.Trim() is { } text && CapReader.IsTime(text) ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;

    private static bool IsCircle(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var centre, var radius]
        && CapPolygon.TryParsePosition(centre, out _)
        && double.TryParse(radius, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
}

using System.Globalization;
using System.Xml.Linq;

namespace SmartCity.EarlyWarning.Cap;

/// <summary>An OASIS Common Alerting Protocol alert that was read and found sound; what others refer to it by is at hand, the rest is in the XML.</summary>
/// <param name="Xml">The alert in the namespace of CAP 1.2, whichever version it came in; a signature in it holds for the bytes it came in only.</param>
/// <param name="Version">The version it was written in: 1.1 or 1.2.</param>
public sealed record CapDocument(XElement Xml, string Version)
{
    /// <summary>CAP 1.2's namespace.</summary>
    public static readonly XNamespace Namespace = "urn:oasis:names:tc:emergency:cap:1.2";

    /// <summary>XML-DSig's namespace, the only other one that an alert may hold at its end.</summary>
    public static readonly XNamespace SignatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

    /// <summary>The media type of an alert.</summary>
    public const string MediaType = "application/cap+xml";

    /// <summary>Unique for the sender; without spaces, commas, &lt; and &amp;.</summary>
    public string Identifier => Text("identifier")!;

    /// <summary>Who speaks; unique in the world.</summary>
    public string Sender => Text("sender")!;

    /// <summary>When it was sent, to the second.</summary>
    public DateTimeOffset Sent => Time(Text("sent")!);

    /// <summary>Actual, Exercise, System, Test or Draft.</summary>
    public string Status => Text("status")!;

    /// <summary>Alert, Update, Cancel, Ack or Error.</summary>
    public string MessageType => Text("msgType")!;

    /// <summary>The alerts that it follows.</summary>
    public IReadOnlyList<CapReference> References => CapReference.ParseAll(Text("references")) ?? [];

    /// <summary>When the last of its infos ends; null where none says so.</summary>
    public DateTimeOffset? Expires => Xml.Elements(Namespace + "info").Select(info => (string?)info.Element(Namespace + "expires")).OfType<string>().Select(Time).Cast<DateTimeOffset?>().Max();

    /// <summary>The first headline, or the first event where there is none; null without any info.</summary>
    public string? Headline
    {
        get
        {
            var info = Xml.Element(Namespace + "info");
            return ((string?)info?.Element(Namespace + "headline") ?? (string?)info?.Element(Namespace + "event"))?.Trim();
        }
    }

    /// <summary>The severity of the first info; null without any.</summary>
    public string? Severity => (string?)Xml.Element(Namespace + "info")?.Element(Namespace + "severity");

    /// <summary>A moment as CAP writes it: whole seconds and a numeric offset, never Z, never a fraction (CAP 1.2 §3.3.2).</summary>
    /// <param name="moment">Fractions of its second are cut off.</param>
    /// <param name="offset">The offset it is written with.</param>
    public static string Time(DateTimeOffset moment, TimeSpan offset) => moment.ToOffset(offset).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    private string? Text(string name) => ((string?)Xml.Element(Namespace + name))?.Trim();

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>How one alert names another: sender, identifier and time of sending, separated by commas (CAP 1.2 §3.2.1).</summary>
/// <param name="Sender">The other's sender.</param>
/// <param name="Identifier">The other's identifier.</param>
/// <param name="Sent">The other's time, as it is written there.</param>
public sealed record CapReference(string Sender, string Identifier, string Sent)
{
    /// <summary>Reads references separated by white space.</summary>
    /// <returns>Null where one of them is none.</returns>
    public static IReadOnlyList<CapReference>? ParseAll(string? text)
    {
        var references = new List<CapReference>();
        foreach (var word in (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Split(',') is not [{ Length: > 0 } sender, { Length: > 0 } identifier, var sent] || !CapReader.IsTime(sent)) return null;
            references.Add(new CapReference(sender, identifier, sent));
        }

        return references;
    }

    /// <summary>As an alert holds it.</summary>
    public override string ToString() => $"{Sender},{Identifier},{Sent}";
}

/// <summary>Why an alert is not accepted.</summary>
/// <param name="Code">One of <see cref="CapFaults"/>.</param>
/// <param name="Where">The element, as a path.</param>
/// <param name="Detail">The line, the value or what the schema says; empty where the code says it all.</param>
public sealed record CapFault(string Code, string Where, string Detail = "");

/// <summary>The codes of <see cref="CapFault"/>; stable.</summary>
public static class CapFaults
{
    /// <summary>Not well-formed XML, or XML with a document type definition, which is never read.</summary>
    public const string Unreadable = "cap_unreadable";

    /// <summary>Longer or nested deeper than is read.</summary>
    public const string TooLarge = "cap_too_large";

    /// <summary>The root is no alert of CAP 1.2 or 1.1.</summary>
    public const string Version = "cap_version_unsupported";

    /// <summary>Not as the schema of CAP 1.2 has it: an element is missing, out of order, or has no such value.</summary>
    public const string Schema = "cap_schema";

    /// <summary>A sender or identifier with a space, a comma, &lt; or &amp;, or without anything.</summary>
    public const string Name = "cap_name_invalid";

    /// <summary>An update, cancellation, acknowledgement or error that does not say of what, or an element for references without any.</summary>
    public const string ReferencesMissing = "cap_references_missing";

    /// <summary>A reference that is not sender,identifier,sent.</summary>
    public const string ReferencesInvalid = "cap_references_invalid";

    /// <summary>A restricted alert without its restriction, or a private one without its addresses.</summary>
    public const string AudienceMissing = "cap_audience_missing";

    /// <summary>The end is not after the sending, or before the beginning.</summary>
    public const string Expires = "cap_expires_invalid";

    /// <summary>Not a closed ring of at least four positions on the earth whose edges do not cross.</summary>
    public const string Polygon = "cap_polygon_invalid";

    /// <summary>Not a position on the earth and a radius in kilometres.</summary>
    public const string Circle = "cap_circle_invalid";

    /// <summary>An element that must say something is empty.</summary>
    public const string Empty = "cap_value_empty";
}

using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace SmartCity.EarlyWarning.Cap;

/// <summary>
/// Reads alerts of others, of which nothing is known before: no document type definition, no entity, nothing fetched, bounded in length and depth; then the
/// schema of CAP 1.2, then what the standard says in words. CAP 1.1 is read as the 1.2 that it nearly is; older versions are answered with their name.
/// </summary>
public static partial class CapReader
{
    /// <summary>The longest alert that is read, bytes and characters.</summary>
    public const int MostBytes = 512 * 1024;

    private const int DeepestNesting = 12;
    private const int MostElements = 20_000;
    private const int MostFaults = 20;

    private static readonly XNamespace Cap11 = "urn:oasis:names:tc:emergency:cap:1.1";
    private static readonly XmlSchemaSet Schema = LoadSchema();

    private static XmlReaderSettings Safe => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MostBytes,
        MaxCharactersFromEntities = 1024,
        IgnoreProcessingInstructions = true,
        IgnoreComments = true,
    };

    /// <summary>Reads one alert.</summary>
    /// <param name="bytes">The XML document in any encoding that it declares.</param>
    /// <param name="document">The alert where it is sound.</param>
    /// <param name="faults">Why it is not; empty where it is.</param>
    public static bool TryRead(byte[] bytes, out CapDocument? document, out IReadOnlyList<CapFault> faults)
    {
        document = null;
        if (Load(bytes, out var fault) is not { } root)
        {
            faults = [fault!];
            return false;
        }

        var version = root.Name.LocalName != "alert" ? null : root.Name.Namespace == CapDocument.Namespace ? "1.2" : root.Name.Namespace == Cap11 ? "1.1" : null;
        if (version is null)
        {
            faults = [new CapFault(CapFaults.Version, "/", root.Name.NamespaceName is { Length: > 0 } name ? name : root.Name.LocalName)];
            return false;
        }

        if (version == "1.1") root = Raise(root);
        faults = Check(root);
        if (faults.Count > 0) return false;
        document = new CapDocument(root, version);
        return true;
    }

    /// <summary>Everything that is wrong with an alert in the namespace of CAP 1.2, up to 20 things; the schema's complaints first, and alone where there are any.</summary>
    public static IReadOnlyList<CapFault> Check(XElement alert)
    {
        var faults = new List<CapFault>();
        // A copy: validation adds defaults and types to what it reads.
        new XDocument(new XElement(alert)).Validate(Schema, (sender, problem) =>
        {
            if (faults.Count < MostFaults) faults.Add(new CapFault(CapFaults.Schema, sender is XElement element ? PathOf(element) : "/alert", problem.Message));
        });
        return faults.Count > 0 ? faults : [.. CapRules.Check(alert).Take(MostFaults)];
    }

    /// <summary>Whether a text is a time as CAP 1.2 writes it.</summary>
    public static bool IsTime(string text) =>
        TimePattern().IsMatch(text) && DateTimeOffset.TryParseExact(text, "yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    internal static string PathOf(XElement element) =>
        element.AncestorsAndSelf().Reverse().Aggregate("", (path, at) => at.ElementsBeforeSelf(at.Name).Count() is var before && (before > 0 || at.ElementsAfterSelf(at.Name).Any())
            ? $"{path}/{at.Name.LocalName}[{before + 1}]"
            : $"{path}/{at.Name.LocalName}");

    private static XElement? Load(byte[] bytes, out CapFault? fault)
    {
        fault = bytes.Length > MostBytes ? new CapFault(CapFaults.TooLarge, "/", $"{MostBytes}") : null;
        if (fault is not null) return null;
        try
        {
            // Once without keeping anything: what is too deep is never built.
            using (var reader = XmlReader.Create(new MemoryStream(bytes), Safe))
            {
                for (var elements = 0; reader.Read();)
                {
                    if (reader.NodeType == XmlNodeType.Element) elements++;
                    if (reader.Depth <= DeepestNesting && elements <= MostElements) continue;
                    fault = new CapFault(CapFaults.TooLarge, "/", string.Create(CultureInfo.InvariantCulture, $"{DeepestNesting}, {MostElements}"));
                    return null;
                }
            }

            using var again = XmlReader.Create(new MemoryStream(bytes), Safe);
            return XDocument.Load(again).Root;
        }
        catch (XmlException broken)
        {
            fault = new CapFault(CapFaults.Unreadable, "/", broken.LineNumber.ToString(CultureInfo.InvariantCulture));
            return null;
        }
    }

    /// <summary>CAP 1.1 differs in its namespace, and in that times may be any of XML's.</summary>
    private static XElement Raise(XElement alert)
    {
        var raised = new XElement(alert);
        foreach (var element in raised.DescendantsAndSelf())
        {
            if (element.Name.Namespace != Cap11) continue;
            element.Name = CapDocument.Namespace + element.Name.LocalName;
            if (element.Name.LocalName is "sent" or "effective" or "onset" or "expires" && DateTimeOffset.TryParse(element.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                element.Value = CapDocument.Time(time, time.Offset);
            }
        }

        raised.Attributes().Where(attribute => attribute.IsNamespaceDeclaration).Remove();
        return raised;
    }

    private static XmlSchemaSet LoadSchema()
    {
        var schemas = new XmlSchemaSet { XmlResolver = null };
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("CAP-v1.2.xsd")!;
        using var reader = XmlReader.Create(stream, Safe);
        schemas.Add(null, reader);
        schemas.Compile();
        return schemas;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d\z")]
    private static partial Regex TimePattern();
}

using System.Xml;
using System.Xml.Linq;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>Warnings as an Atom feed (RFC 4287) whose entries carry the CAP alert.</summary>
internal static class AtomFeed
{
    public const string MediaType = "application/atom+xml";

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    /// <param name="warnings">Issued, the newest first.</param>
    /// <param name="options">Who sends.</param>
    /// <param name="self">The path of the feed.</param>
    /// <param name="now">The feed's time where it is empty.</param>
    public static XElement Of(IReadOnlyCollection<Warning> warnings, WarningOptions options, string self, DateTimeOffset now) => new(
        Atom + "feed",
        new XElement(Atom + "id", "urn:smartcity:early-warning:warnings"),
        new XElement(Atom + "title", "预警 Warnings"),
        new XElement(Atom + "updated", Time(warnings.Max(warning => warning.IssuedAt) ?? now)),
        new XElement(Atom + "author", new XElement(Atom + "name", options.Sender)),
        new XElement(Atom + "link", new XAttribute("rel", "self"), new XAttribute("href", self)),
        warnings.Select(warning => new XElement(
            Atom + "entry",
            new XElement(Atom + "id", $"urn:uuid:{warning.Id}"),
            new XElement(Atom + "title", $"{warning.Zh.Headline} / {warning.En.Headline}"),
            // An issued warning has this time.
            new XElement(Atom + "updated", Time(warning.IssuedAt!.Value)),
            new XElement(Atom + "link", new XAttribute("href", $"/early-warning/v1/warnings/{warning.Id}/cap"), new XAttribute("type", CapAlert.MediaType)),
            new XElement(Atom + "content", new XAttribute("type", CapAlert.MediaType), CapAlert.Of(warning, options)))));

    private static string Time(DateTimeOffset moment) => XmlConvert.ToString(moment.ToUniversalTime());
}

using System.Xml;
using System.Xml.Linq;
using SmartCity.EarlyWarning.Cap;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>Warnings as an Atom feed (RFC 4287) whose entries carry the signed CAP alert.</summary>
internal static class AtomFeed
{
    public const string MediaType = "application/atom+xml";

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    /// <param name="warnings">Public ones, the newest first.</param>
    /// <param name="options">Who sends.</param>
    /// <param name="self">The path of the feed.</param>
    /// <param name="now">The feed's time where it is empty.</param>
    public static XElement Of(IReadOnlyCollection<Warning> warnings, WarningOptions options, string self, DateTimeOffset now) => new(
        Atom + "feed",
        new XElement(Atom + "id", "urn:smartcity:early-warning:warnings"),
        new XElement(Atom + "title", "预警 Warnings"),
        new XElement(Atom + "updated", Time(warnings.Max(UpdatedAt) ?? now)),
        new XElement(Atom + "author", new XElement(Atom + "name", options.Sender)),
        new XElement(Atom + "link", new XAttribute("rel", "self"), new XAttribute("href", self)),
        warnings.Select(warning => new XElement(
            Atom + "entry",
            new XElement(Atom + "id", $"urn:uuid:{warning.Id}"),
            new XElement(Atom + "title", $"{(warning.IsExercise ? "[演练 DRILL] " : "")}{warning.Zh.Headline} / {warning.En.Headline}"),
            new XElement(Atom + "updated", Time(UpdatedAt(warning) ?? now)),
            new XElement(Atom + "link", new XAttribute("href", $"/early-warning/v1/warnings/{warning.Id}/cap"), new XAttribute("type", CapDocument.MediaType)),
            new XElement(Atom + "content", new XAttribute("type", CapDocument.MediaType), Document(warning)))));

    /// <summary>What the warning says now: its cancellation once it is cancelled.</summary>
    public static string? CurrentAlert(Warning warning) => warning.SignedCancellation ?? warning.SignedAlert;

    private static XElement? Document(Warning warning) => CurrentAlert(warning) is { } alert ? XElement.Parse(alert, LoadOptions.PreserveWhitespace) : null;

    private static DateTimeOffset? UpdatedAt(Warning warning) => warning.CancelledAt ?? warning.IssuedAt;

    private static string Time(DateTimeOffset moment) => XmlConvert.ToString(moment.ToUniversalTime());
}

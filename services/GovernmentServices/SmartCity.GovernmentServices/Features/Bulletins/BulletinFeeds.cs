using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>What the departments say, as feeds that readers' programs follow.</summary>
internal static class BulletinFeeds
{
    private const int Newest = 50;
    private const string Self = "/government-services/v1/bulletins";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/bulletins/feed.atom", AtomAsync)
            .WithName("ReadBulletinsAsAtom")
            .WithTags("Bulletins")
            .WithSummary("The newest 50 bulletins as an Atom feed (RFC 4287), in the caller's language, filtered as the list is; a correction counts as an update.")
            .Produces<string>(StatusCodes.Status200OK, "application/atom+xml")
            .AllowEveryone()
            .WithExample(answer: "<feed xmlns=\"http://www.w3.org/2005/Atom\">...</feed>");
        features.MapGet("/bulletins/feed.json", JsonAsync)
            .WithName("ReadBulletinsAsJsonFeed")
            .WithTags("Bulletins")
            .WithSummary("The newest 50 bulletins as a JSON Feed 1.1, in the caller's language, filtered as the list is.")
            .Produces<string>(StatusCodes.Status200OK, "application/feed+json")
            .AllowEveryone()
            .WithExample(answer: "{ \"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"...\", \"items\": [] }");
    }

    private static async Task<IResult> AtomAsync([AsParameters] BulletinFilter filter, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (!filter.IsValid) return BulletinFilter.InvalidCell;
        var bulletins = await NewestAsync(filter, db, directory, cancellationToken);
        var feed = new XElement(Atom + "feed",
            new XAttribute(XNamespace.Xml + "lang", CultureInfo.CurrentUICulture.Name),
            new XElement(Atom + "id", $"urn:smartcity:{Self}"),
            new XElement(Atom + "title", Texts.Of("Feed.Title")),
            new XElement(Atom + "link", new XAttribute("rel", "self"), new XAttribute("href", $"{Self}/feed.atom")),
            new XElement(Atom + "updated", Time(bulletins.Select(Updated).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max())),
            bulletins.Select(bulletin => new XElement(Atom + "entry",
                new XElement(Atom + "id", $"urn:uuid:{bulletin.Id}"),
                new XElement(Atom + "title", Plain(bulletin.Title)),
                new XElement(Atom + "author", new XElement(Atom + "name", bulletin.DepartmentName)),
                new XElement(Atom + "category", new XAttribute("term", JsonNamingPolicy.CamelCase.ConvertName(bulletin.Kind.ToString()))),
                new XElement(Atom + "link", new XAttribute("rel", "alternate"), new XAttribute("href", $"{Self}/{bulletin.Id}")),
                new XElement(Atom + "published", Time(bulletin.PublishedAt)),
                new XElement(Atom + "updated", Time(Updated(bulletin))),
                bulletin.Evidence.Select(evidence => new XElement(Atom + "link", new XAttribute("rel", "related"), new XAttribute("href", Plain(evidence.Address)), new XAttribute("title", Plain(evidence.Title)))),
                // What was corrected is said first: a reader sees that it once said something else.
                bulletin.Reason is { } reason ? new XElement(Atom + "summary", Plain(string.Format(CultureInfo.CurrentUICulture, Texts.Of("Feed.Corrected"), reason))) : null,
                new XElement(Atom + "content", new XAttribute("type", "text"), Plain(bulletin.Body)))));
        return new PublicText($"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{feed}", "application/atom+xml", BulletinView.MaxAge);
    }

    private static async Task<IResult> JsonAsync([AsParameters] BulletinFilter filter, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (!filter.IsValid) return BulletinFilter.InvalidCell;
        var bulletins = await NewestAsync(filter, db, directory, cancellationToken);
        var feed = new
        {
            version = "https://jsonfeed.org/version/1.1",
            title = Texts.Of("Feed.Title"),
            language = CultureInfo.CurrentUICulture.Name,
            items = bulletins.Select(bulletin => new
            {
                id = $"urn:uuid:{bulletin.Id}",
                url = $"{Self}/{bulletin.Id}",
                title = bulletin.Title,
                content_text = bulletin.Body,
                summary = bulletin.Reason is { } reason ? string.Format(CultureInfo.CurrentUICulture, Texts.Of("Feed.Corrected"), reason) : null,
                date_published = Time(bulletin.PublishedAt),
                date_modified = Time(Updated(bulletin)),
                authors = new[] { new { name = bulletin.DepartmentName } },
                tags = new[] { JsonNamingPolicy.CamelCase.ConvertName(bulletin.Kind.ToString()) },
            }),
        };
        return new PublicText(JsonSerializer.Serialize(feed, Relaxed), "application/feed+json", BulletinView.MaxAge);
    }

    private static async Task<IReadOnlyList<BulletinView>> NewestAsync(BulletinFilter filter, GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        var rows = await filter.Of(db.Bulletins.AsNoTracking()).OrderByDescending(bulletin => bulletin.Id).Take(Newest).AsTheyStand(db)
            .OrderByDescending(row => row.Bulletin.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(row => BulletinView.Of(row.Bulletin, row.Current, directory))];
    }

    private static DateTimeOffset Updated(BulletinView bulletin) => bulletin.CorrectedAt ?? bulletin.PublishedAt;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A text may hold control characters that XML cannot.</summary>
    private static string Plain(string text) => string.Concat(text.EnumerateRunes().Where(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value)));
}

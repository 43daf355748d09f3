using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>What the departments say, for programs: as feeds that readers follow, and signed, so that it can be passed on by anybody and still be believed.</summary>
internal static class BulletinFeeds
{
    private const int Newest = 50;
    private const string SignedType = "bulletin+jwt";
    private const string Self = "/government-services/v1/bulletins";

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/bulletins/feed.atom", AtomAsync)
            .WithName("ReadBulletinsAsAtom")
            .WithTags("Bulletins")
            .WithSummary("The newest 50 bulletins as an Atom feed (RFC 4287), in the caller's language; a correction counts as an update.")
            .Produces<string>(StatusCodes.Status200OK, "application/atom+xml")
            .AllowEveryone()
            .WithExample(answer: "<feed xmlns=\"http://www.w3.org/2005/Atom\">...</feed>");
        features.MapGet("/bulletins/feed.json", JsonAsync)
            .WithName("ReadBulletinsAsJsonFeed")
            .WithTags("Bulletins")
            .WithSummary("The newest 50 bulletins as a JSON Feed 1.1, in the caller's language.")
            .Produces<string>(StatusCodes.Status200OK, "application/feed+json")
            .AllowEveryone()
            .WithExample(answer: "{ \"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"...\", \"items\": [] }");
        features.MapGet("/bulletins/{id:guid}/signed", SignAsync)
            .WithName("ReadSignedBulletin")
            .WithTags("Bulletins")
            .WithSummary("A bulletin as it now stands, in both languages, signed (JWS, ES256): verifies with GET /keys wherever it is passed on.")
            .Produces<string>(StatusCodes.Status200OK, "application/jose")
            .AllowEveryone()
            .WithExample(answer: "eyJhbGciOiJFUzI1NiIsInR5cCI6ImJ1bGxldGluK2p3dCJ9...");
    }

    private static async Task<IResult> AtomAsync(GovernmentServicesDb db, CityDirectory directory, HttpResponse response, CancellationToken cancellationToken)
    {
        var bulletins = await NewestAsync(db, directory, cancellationToken);
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
                // What was corrected is said first: a reader sees that it once said something else.
                bulletin.Reason is { } reason ? new XElement(Atom + "summary", Plain(string.Format(CultureInfo.CurrentUICulture, Texts.Of("Feed.Corrected"), reason))) : null,
                new XElement(Atom + "content", new XAttribute("type", "text"), Plain(bulletin.Body)))));
        return Public(response, $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{feed}", "application/atom+xml");
    }

    private static async Task<IResult> JsonAsync(GovernmentServicesDb db, CityDirectory directory, HttpResponse response, CancellationToken cancellationToken)
    {
        var bulletins = await NewestAsync(db, directory, cancellationToken);
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
        return Public(response, JsonSerializer.Serialize(feed), "application/feed+json");
    }

    private static async Task<IResult> SignAsync(Guid id, GovernmentServicesDb db, SigningKeys keys, HttpResponse response, CancellationToken cancellationToken)
    {
        var standing = await db.Bulletins.AsNoTracking().Where(bulletin => bulletin.Id == id)
            .Join(db.BulletinRevisions, bulletin => new { bulletin.Id, bulletin.Revision }, revision => new { Id = revision.BulletinId, revision.Revision },
                (bulletin, revision) => new { bulletin, revision })
            .SingleOrDefaultAsync(cancellationToken);
        if (standing is null) return Refusal.NotFound();
        var (bulletin, revision) = (standing.bulletin, standing.revision);
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                bulletin.Id, Kind = JsonNamingPolicy.CamelCase.ConvertName(bulletin.Kind.ToString()), bulletin.Department, revision.Revision, revision.Title, revision.Body,
                revision.Reason, bulletin.PublishedAt, RevisedAt = revision.PublishedAt,
            },
            JsonSerializerOptions.Web);
        return Public(response, Jws.Sign(await keys.SignerAsync(cancellationToken), SignedType, payload), "application/jose");
    }

    private static async Task<IReadOnlyList<BulletinView>> NewestAsync(GovernmentServicesDb db, CityDirectory directory, CancellationToken cancellationToken)
    {
        var rows = await db.Bulletins.AsNoTracking().OrderByDescending(bulletin => bulletin.Id).Take(Newest)
            .Join(db.BulletinRevisions, bulletin => new { bulletin.Id, bulletin.Revision }, revision => new { Id = revision.BulletinId, revision.Revision },
                (bulletin, revision) => new { bulletin, revision })
            .OrderByDescending(row => row.bulletin.Id)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => BulletinView.Of(row.bulletin, row.revision, directory))];
    }

    private static IResult Public(HttpResponse response, string text, string mediaType)
    {
        response.Headers.CacheControl = $"public, max-age={(int)BulletinView.MaxAge.TotalSeconds}";
        response.Headers.Vary = "Accept-Language";
        return TypedResults.Text(text, mediaType, Encoding.UTF8);
    }

    private static DateTimeOffset Updated(BulletinView bulletin) => bulletin.CorrectedAt ?? bulletin.PublishedAt;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A text may hold control characters that XML cannot.</summary>
    private static string Plain(string text) => string.Concat(text.EnumerateRunes().Where(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value)));
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>What is said is signed when it is said, so that it can be passed on by anybody and still be believed.</summary>
internal static class SignedBulletins
{
    private const string Type = "bulletin+jwt";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/bulletins/{id:guid}/signed", ShowAsync)
            .WithName("ReadSignedBulletin")
            .WithTags("Bulletins")
            .WithSummary("A bulletin as it now stands, in both languages, signed (JWS, ES256): verifies with GET /keys wherever it is passed on.")
            .Produces<string>(StatusCodes.Status200OK, "application/jose")
            .AllowEveryone()
            .WithExample(answer: "eyJhbGciOiJFUzI1NiIsInR5cCI6ImJ1bGxldGluK2p3dCJ9...");
        features.MapGet("/bulletins/{id:guid}/revisions/{revision:int}/signed", ShowRevisionAsync)
            .WithName("ReadSignedBulletinRevision")
            .WithTags("Bulletins")
            .WithSummary("What a bulletin said at one time, signed likewise.")
            .Produces<string>(StatusCodes.Status200OK, "application/jose")
            .AllowEveryone()
            .WithExample(answer: "eyJhbGciOiJFUzI1NiIsInR5cCI6ImJ1bGxldGluK2p3dCJ9...");
    }

    public static async Task SignAsync(this SigningKeys keys, Bulletin bulletin, BulletinRevision revision, CancellationToken cancellationToken) => revision.Signed = Jws.Sign(
        await keys.SignerAsync(cancellationToken),
        Type,
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                bulletin.Id, bulletin.Kind, bulletin.Department, bulletin.Audience, bulletin.Areas, revision.Revision, revision.Title, revision.Body, revision.Evidence,
                revision.Reason, bulletin.PublishedAt, RevisedAt = revision.PublishedAt,
            },
            Json));

    private static async Task<IResult> ShowAsync(Guid id, GovernmentServicesDb db, SigningKeys keys, CancellationToken cancellationToken) =>
        await db.Bulletins.AsNoTracking().SingleOrDefaultAsync(bulletin => bulletin.Id == id, cancellationToken) is { } bulletin
            ? await AnswerAsync(bulletin, bulletin.Revision, db, keys, cancellationToken)
            : Refusal.NotFound();

    private static async Task<IResult> ShowRevisionAsync(Guid id, int revision, GovernmentServicesDb db, SigningKeys keys, CancellationToken cancellationToken) =>
        await db.Bulletins.AsNoTracking().SingleOrDefaultAsync(bulletin => bulletin.Id == id, cancellationToken) is { } bulletin
            ? await AnswerAsync(bulletin, revision, db, keys, cancellationToken)
            : Refusal.NotFound();

    private static async Task<IResult> AnswerAsync(Bulletin bulletin, int number, GovernmentServicesDb db, SigningKeys keys, CancellationToken cancellationToken)
    {
        var revision = await db.BulletinRevisions.AsNoTracking().SingleOrDefaultAsync(row => row.BulletinId == bulletin.Id && row.Revision == number, cancellationToken);
        if (revision is null) return Refusal.NotFound();
        // What was said before the city signed is signed when it is asked for.
        if (revision.Signed is "") await keys.SignAsync(bulletin, revision, cancellationToken);
        return new PublicText(revision.Signed, "application/jose", BulletinView.MaxAge);
    }
}

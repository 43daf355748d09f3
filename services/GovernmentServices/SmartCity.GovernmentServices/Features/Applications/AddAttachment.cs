using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>A person brings a file, to be named by an application or a report afterwards.</summary>
internal static class AddAttachment
{
    public const int MaxBytes = 768 * 1024;
    private const int MostUnused = 30;

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/me/attachments", HandleAsync)
        .WithName("AddAttachment")
        .WithTags("Attachments")
        .WithSummary("Keeps a file of the caller's, at most 768 KB, as the body: a JPEG or PNG picture, of which only what draws it is kept, or a PDF. What is not used within a week is deleted.")
        .Allow(Roles.Citizen, Roles.Proxy, Roles.CounterStaff, Roles.GridWorker)
        .WithExample(answer: new AttachmentView(Examples.Id, "application/pdf", 48_213, Examples.At));

    private static async Task<Results<Created<AttachmentView>, Refusal>> HandleAsync(
        HttpRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.ContentType is not ("image/jpeg" or "image/png" or "application/pdf")) return new Refusal("media_type_unsupported", StatusCodes.Status415UnsupportedMediaType);
        if (request.ContentLength > MaxBytes) return new Refusal("body_too_large", StatusCodes.Status413PayloadTooLarge);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        if (body.Length > MaxBytes) return new Refusal("body_too_large", StatusCodes.Status413PayloadTooLarge);
        // By what it is, whatever the sender calls it.
        var (sent, mediaType) = (body.ToArray(), request.ContentType);
        var content = mediaType != "application/pdf" ? Photo.WithoutMetadata(sent, mediaType) : sent.AsSpan().StartsWith("%PDF-"u8) ? sent : null;
        if (content is null) return Refusal.Invalid("file_unreadable");

        // The client's key is the attachment's id as far as this person goes: the same file sent again is the same attachment.
        var id = new Guid(personalData.Lookup($"{caller.AccountId} {key.Value}").AsSpan(0, 16));
        var earlier = await db.Attachments.AsNoTracking().SingleOrDefaultAsync(attachment => attachment.Id == id, cancellationToken);
        if (earlier is not null)
        {
            return personalData.Open(earlier.SealedContent, id) == Convert.ToBase64String(content)
                ? Created(earlier)
                : Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        }

        if (await db.Attachments.CountAsync(attachment => attachment.AccountId == caller.AccountId && attachment.UsedBy == null, cancellationToken) >= MostUnused)
            return Refusal.Conflict("attachment_limit_reached", field: null, MostUnused);
        var added = new Attachment
        {
            Id = id, AccountId = caller.AccountId, ActorId = caller.Actor, MediaType = mediaType, Size = content.Length,
            SealedContent = personalData.Seal(Convert.ToBase64String(content), id), AddedAt = clock.GetUtcNow(),
        };
        db.Add(added);
        await db.SaveChangesAsync(cancellationToken);
        return Created(added);
    }

    public static IResult Download(this PersonalData personalData, Attachment attachment) =>
        TypedResults.Bytes(Convert.FromBase64String(personalData.Open(attachment.SealedContent, attachment.Id)), attachment.MediaType);

    private static Created<AttachmentView> Created(Attachment attachment) =>
        TypedResults.Created((string?)null, new AttachmentView(attachment.Id, attachment.MediaType, attachment.Size, attachment.AddedAt));
}

/// <summary>A file of the caller.</summary>
/// <param name="Id">What an application or report names.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Size">In bytes.</param>
/// <param name="AddedAt">When it came, UTC.</param>
public sealed record AttachmentView(Guid Id, string MediaType, int Size, DateTimeOffset AddedAt);

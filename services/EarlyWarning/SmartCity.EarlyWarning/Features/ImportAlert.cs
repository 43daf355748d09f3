using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.EarlyWarning.Cap;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Alerts of others come in as CAP: read as what a stranger sends, refused with every reason, and kept as they came.</summary>
internal static class ImportAlert
{
    private static readonly ImportedView Example = new(
        Guid.Parse("019b0000-0000-7000-8000-000000000004"), "cap@ec.gc.ca", "2.49.0.1.124.6bddbc91.2012", new DateTimeOffset(2012, 5, 2, 23, 21, 4, TimeSpan.Zero), "1.2", "Actual", "Update",
        "Thunderstorm ended", "Minor", new DateTimeOffset(2012, 5, 3, 0, 20, 0, TimeSpan.Zero), Verified: false, new DateTimeOffset(2012, 5, 2, 23, 22, 0, TimeSpan.Zero), EndedBy: null);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapPost("/alerts", ImportAsync)
            .WithName("ImportAlert").WithTags("Alerts of others")
            .WithSummary("Takes in a CAP 1.2 or 1.1 alert, at most 512 KiB; the same alert again gives the first answer. What is wrong with a broken one is answered element by element.")
            // The last: routing lets every type in, so that who may not call hears of that and not of types.
            .Accepts<string>(CapDocument.MediaType, "application/xml", "text/xml", "*/*")
            .WithExample("<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">...</alert>", Example)
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer);
        features.MapGet("/alerts", ListAsync)
            .WithName("ListImportedAlerts").WithTags("Alerts of others").WithSummary("Alerts of others that were taken in, the newest first.")
            .WithExample(answer: new Page<ImportedView>([Example]))
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/alerts/{id:guid}/cap", ShowAsync)
            .WithName("ShowImportedAlert").WithTags("Alerts of others").WithSummary("An alert of others as it came.")
            .Produces(StatusCodes.Status200OK, contentType: CapDocument.MediaType)
            .WithExample(answer: "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">...</alert>")
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private static async Task<Results<Ok<ImportedView>, Refusal, Refusals>> ImportAsync(
        HttpRequest request, Caller caller, EarlyWarningDb db, IOptions<WarningOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.ContentType?.Split(';')[0].Trim() is not (CapDocument.MediaType or "application/xml" or "text/xml")) return new Refusal("media_type_unsupported", StatusCodes.Status415UnsupportedMediaType);
        // One more than is read tells that there is more; what a caller announces is not believed.
        var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; buffer.Length <= CapReader.MostBytes && (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0;) buffer.Write(chunk, 0, read);
        var bytes = buffer.ToArray();
        if (!CapReader.TryRead(bytes, out var document, out var faults)) return new Refusals([.. faults.Select(Refused)]);

        var signature = CapSignature.Verify(bytes, name => KeyOf(name, options.Value));
        if (signature == SignatureState.Wrong) return Refusal.Invalid("cap_signature_wrong");

        var sent = document!.Sent.ToUniversalTime();
        var before = await db.ImportedAlerts.AsNoTracking().SingleOrDefaultAsync(alert => alert.Sender == document.Sender && alert.Identifier == document.Identifier && alert.Sent == sent, cancellationToken);
        if (before is not null) return TypedResults.Ok(ImportedView.Of(before));

        var now = clock.GetUtcNow();
        var alert = new ImportedAlert
        {
            Id = Guid.CreateVersion7(now), Sender = document.Sender, Identifier = document.Identifier, Sent = sent, Version = document.Version, Status = document.Status,
            MessageType = document.MessageType, Headline = document.Headline, Severity = document.Severity, ExpiresAt = document.Expires?.ToUniversalTime(),
            IsVerified = signature == SignatureState.Good, Document = bytes, ReceivedAt = now, ReceivedBy = caller.Actor,
        };
        db.Add(alert);
        if (alert.MessageType is "Update" or "Cancel")
        {
            // Nobody ends what another sender said.
            var named = document.References.Where(reference => reference.Sender == alert.Sender).Select(reference => reference.Identifier).ToList();
            foreach (var ended in await db.ImportedAlerts.Where(earlier => earlier.Sender == alert.Sender && named.Contains(earlier.Identifier) && earlier.EndedBy == null).ToListAsync(cancellationToken)) ended.EndedBy = alert.Id;
        }

        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(ImportedView.Of(alert));
    }

    private static async Task<Results<Ok<Page<ImportedView>>, Refusal>> ListAsync([AsParameters] PageQuery page, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var rows = await db.ImportedAlerts.AsNoTracking().Where(alert => after == null || alert.Id < after).OrderByDescending(alert => alert.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Page<ImportedView>.From([.. rows.Select(ImportedView.Of)], page.Take, alert => alert.AlertId.ToString()));
    }

    private static async Task<Results<FileContentHttpResult, Refusal>> ShowAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await db.ImportedAlerts.AsNoTracking().SingleOrDefaultAsync(alert => alert.Id == id, cancellationToken) is { } alert
            ? TypedResults.File(alert.Document, CapDocument.MediaType)
            : Refusal.NotFound("alert_unknown");

    private static AsymmetricAlgorithm? KeyOf(string name, WarningOptions options) =>
        options.TrustedKeys.FirstOrDefault(key => key.Name == name) is { } trusted ? trusted.Open() : null;

    private static Refusal Refused(CapFault fault) => Refusal.Invalid(fault.Code, fault.Where, fault.Detail);

    /// <param name="AlertId">The alert, here.</param>
    /// <param name="Sender">Who sent it.</param>
    /// <param name="Identifier">What the sender calls it.</param>
    /// <param name="Sent">When, UTC.</param>
    /// <param name="Version">The version of CAP it was written in.</param>
    /// <param name="Status">CAP status.</param>
    /// <param name="MessageType">CAP message type.</param>
    /// <param name="Headline">The first headline or event.</param>
    /// <param name="Severity">CAP severity of the first info.</param>
    /// <param name="ExpiresAt">When it ends, UTC.</param>
    /// <param name="Verified">Whether its signature is by a key that the city trusts.</param>
    /// <param name="ReceivedAt">When it was taken in, UTC.</param>
    /// <param name="EndedBy">The alert of the same sender that updated or cancelled it.</param>
    internal sealed record ImportedView(
        Guid AlertId, string Sender, string Identifier, DateTimeOffset Sent, string Version, string Status, string MessageType, string? Headline, string? Severity,
        DateTimeOffset? ExpiresAt, bool Verified, DateTimeOffset ReceivedAt, Guid? EndedBy)
    {
        public static ImportedView Of(ImportedAlert alert) => new(
            alert.Id, alert.Sender, alert.Identifier, alert.Sent, alert.Version, alert.Status, alert.MessageType, alert.Headline, alert.Severity, alert.ExpiresAt,
            alert.IsVerified, alert.ReceivedAt, alert.EndedBy);
    }
}

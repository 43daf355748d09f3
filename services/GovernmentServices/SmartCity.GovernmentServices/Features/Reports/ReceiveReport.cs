using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>Enters a report in the one ledger, by whatever channel it came; the same key with the same content is the same report.</summary>
internal sealed class ReceiveReport(GovernmentServicesDb db, CityDirectory directory, ReportRouting routing, PersonalData personalData)
{
    public async Task<(Report? Report, Refusal? Refused)> FromAsync(
        Sender sender, FileReportRequest request, Guid key, byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (account, actor) = (sender.Account, sender.Actor);
        var earlier = await db.Reports.AsNoTracking().SingleOrDefaultAsync(
            report => report.ReportKey == key && report.AccountId == account && (account != null || report.ActorId == actor), cancellationToken);
        if (earlier is not null) return earlier.RequestHash.SequenceEqual(hash) ? (earlier, null) : (null, Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header));
        if (!directory.ReportCategories.ContainsKey(request.Category)) return (null, Refusal.Invalid("category_unknown", "category"));

        var id = Guid.CreateVersion7(now);
        if (await UseAsync(request.Photos ?? [], account ?? actor, id, cancellationToken) is { } refused) return (null, refused);
        var report = new Report
        {
            Id = id, AccountId = account, ActorId = actor, ReportKey = key, RequestHash = hash, Channel = sender.Channel, Category = request.Category,
            SealedText = personalData.Seal(request.Text, id), SealedCallBack = sender.CallBack is { } number ? personalData.Seal(number, id) : null,
            Position = request.Position, Cell = request.Position?.Cell, ReceivedAt = now,
        };
        report.Receive(routing.RouteOf(report.Category, report.Cell, report.Handling), now);
        db.Add(report);
        db.Publish(new ReportReceived(report.Id, report.Category, report.Cell, report.ReceivedAt), report.Id);
        await db.SaveChangesAsync(cancellationToken);
        return (report, null);
    }

    /// <summary>The photographs belong to the report from now on.</summary>
    private async Task<Refusal?> UseAsync(IReadOnlyList<Guid> photos, Guid owner, Guid report, CancellationToken cancellationToken)
    {
        if (photos is []) return null;
        var files = await db.Attachments
            .Where(file => photos.Contains(file.Id) && file.AccountId == owner && file.UsedBy == null && file.MediaType.StartsWith("image/"))
            .ToListAsync(cancellationToken);
        for (var n = 0; n < photos.Count; n++)
            if (files.All(file => file.Id != photos[n])) return Refusal.Invalid("attachment_unknown", $"photos[{n}]");
        foreach (var file in files) file.UsedBy = report;
        return null;
    }
}

/// <summary>From whom a report comes.</summary>
/// <param name="Account">Whose matter it is; null for a person without an account.</param>
/// <param name="Actor">Who enters it.</param>
/// <param name="Channel">By which way.</param>
/// <param name="CallBack">The number to call back.</param>
internal sealed record Sender(Guid? Account, Guid Actor, ReportChannel Channel, string? CallBack = null);

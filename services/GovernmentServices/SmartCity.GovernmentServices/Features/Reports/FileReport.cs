using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>A citizen reports or complains (12345); the department that answers for the category gets it.</summary>
internal static class FileReport
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/reports", HandleAsync)
        .WithName("FileReport")
        .WithTags("Reports")
        .WithSummary("Sends a report or complaint to the department that answers for its category.")
        .WithExample(Examples.File, Examples.Summary)
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Created<MyReportSummary>, Refusal>> HandleAsync(
        FileReportRequest request, IdempotencyKey key, Caller caller, GovernmentServicesDb db, CityDirectory directory, PersonalData personalData,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var hash = personalData.Of(request);
        var earlier = await db.Reports.AsNoTracking()
            .SingleOrDefaultAsync(report => report.AccountId == caller.AccountId && report.ReportKey == key.Value, cancellationToken);
        if (earlier is not null)
        {
            return earlier.RequestHash.SequenceEqual(hash)
                ? Created(earlier, directory)
                : Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        }

        if (!directory.ReportCategories.TryGetValue(request.Category, out var category)) return Refusal.Invalid("category_unknown", "category");
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var report = new Report
        {
            Id = id, AccountId = caller.AccountId, ActorId = caller.Actor, ReportKey = key.Value, RequestHash = hash, Category = request.Category,
            Department = category.Department, SealedText = personalData.Seal(request.Text, id), Position = request.Position, Cell = request.Position?.Cell,
            ReceivedAt = now,
        };
        db.Add(report);
        db.Publish(new ReportReceived(report.Id, report.Category, report.Cell, report.ReceivedAt), report.Id);
        await db.SaveChangesAsync(cancellationToken);
        return Created(report, directory);
    }

    private static Created<MyReportSummary> Created(Report report, CityDirectory directory) =>
        TypedResults.Created($"/government-services/v1/me/reports/{report.Id}", MyReportSummary.Of(report, directory));
}

/// <summary>A report.</summary>
/// <param name="Category">One of the published categories.</param>
/// <param name="Text">What it is about, at most 2000 characters. Only its author and the department's officers can read it.</param>
/// <param name="Position">Where; absent where it is about no place.</param>
public sealed record FileReportRequest(
    [property: Required, StringLength(50)] string Category, [property: Required, StringLength(2000)] string Text, Position? Position = null);

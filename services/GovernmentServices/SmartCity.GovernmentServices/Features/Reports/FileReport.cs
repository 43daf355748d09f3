using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>A citizen reports or complains (12345); the department that answers for the category gets it.</summary>
internal static class FileReport
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/reports", HandleAsync)
        .WithName("FileReport")
        .WithTags("Reports")
        .WithSummary("Sends a report or complaint to the department that answers for its category and place.")
        .Allow(Roles.Citizen, Roles.Proxy)
        .WithExample(Examples.FileReportRequest, Examples.MyReportSummary);

    private static async Task<Results<Created<MyReportSummary>, Refusal>> HandleAsync(
        FileReportRequest request, IdempotencyKey key, Caller caller, ReceiveReport receive, CityDirectory directory, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var channel = caller.ActorId is null ? ReportChannel.App : ReportChannel.Assisted;
        var (report, refused) = await receive.FromAsync(
            new Sender(caller.AccountId, caller.Actor, channel), request, key.Value, personalData.Of(request), clock.GetUtcNow(), cancellationToken);
        return report is not null
            ? TypedResults.Created($"/government-services/v1/me/reports/{report.Id}", MyReportSummary.Of(report, directory))
            : refused!;
    }
}

/// <summary>A report.</summary>
/// <param name="Category">One of the published categories.</param>
/// <param name="Text">What it is about, at most 2000 characters. Only its author and the department's officers can read it.</param>
/// <param name="Position">Where; absent where it is about no place.</param>
/// <param name="Photos">Photographs that were added as attachments, at most 5.</param>
public sealed record FileReportRequest(
    [property: Required, StringLength(50)] string Category, [property: Required, StringLength(2000)] string Text, Position? Position = null,
    [property: Length(0, Report.MostPhotos)] IReadOnlyList<Guid>? Photos = null);

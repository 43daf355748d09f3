using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>Everybody sees how many papers the city asks for, of how many the rules name: the measure of "once only".</summary>
internal static class CountOnceOnly
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/once-only", HandleAsync)
        .WithName("ShowOnceOnly")
        .WithTags("Services")
        .WithSummary("For each service, over all applications that are kept: papers that the rules name, and papers that applicants had to bring.")
        .AllowEveryone()
        .WithExample(answer: new Page<OnceOnlyView>([new OnceOnlyView("event-permit", "大型活动许可 / Event permit", 12, 48, 24)]));

    private static async Task<PublicAnswer<Page<OnceOnlyView>>> HandleAsync(GovernmentServicesDb db, ServiceCatalogue catalogue, CancellationToken cancellationToken)
    {
        var rows = await db.Applications.AsNoTracking()
            .GroupBy(application => application.Service)
            .Select(group => new
            {
                Service = group.Key, Applications = group.Count(), Nominal = group.Sum(application => application.MaterialsNominal), Asked = group.Sum(application => application.MaterialsAsked),
            })
            .OrderBy(row => row.Service)
            .ToListAsync(cancellationToken);
        return new PublicAnswer<Page<OnceOnlyView>>(
            new Page<OnceOnlyView>(
            [
                .. rows.Select(row => new OnceOnlyView(row.Service, catalogue.NameOf(row.Service).In(CultureInfo.CurrentUICulture), row.Applications, row.Nominal, row.Asked)),
            ]),
            MaxAge);
    }
}

/// <summary>How many papers a service asked for.</summary>
/// <param name="Service">The service.</param>
/// <param name="ServiceName">Its name, in the caller's language.</param>
/// <param name="Applications">How many applications.</param>
/// <param name="MaterialsNominal">How many papers the rules name for them, together.</param>
/// <param name="MaterialsAsked">How many of those the applicants had to bring.</param>
public sealed record OnceOnlyView(string Service, string ServiceName, int Applications, int MaterialsNominal, int MaterialsAsked);

using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Features.Ratings;

namespace SmartCity.GovernmentServices.Features.Reports;

/// <summary>What people tell the city, what became of it, and what they think of that.</summary>
internal static class ReportFeatures
{
    public static void AddReports(this WebApplicationBuilder builder)
    {
        builder.AddReportRouting();
        builder.Services.AddScoped<ReceiveReport>().AddScoped<Ratings.Ratings>();
        builder.Services.AddSingleton<EscalateReports>().AddHostedService(services => services.GetRequiredService<EscalateReports>());
        builder.Services.AddHealthChecks().AddCheck<ReportsHealth>("reports", timeout: TimeSpan.FromSeconds(3));
    }

    public static void MapReports(this IEndpointRouteBuilder features)
    {
        // Read now: a table that is wrong is found at start and not by the first who reports.
        features.ServiceProvider.GetRequiredService<ReportRouting>();
        FileReport.Map(features);
        DeskReports.Map(features);
        MyReports.Map(features);
        DepartmentReports.Map(features);
        AnswerReport.Map(features);
        MergeReports.Map(features);
        ReopenReport.Map(features);
        ReportPhotos.Map(features);
        ReportHistory.Map(features);
        ListReportCategories.Map(features);
        RateMatter.Map(features);
        Rectifications.Map(features);
        CountSatisfaction.Map(features);
    }
}

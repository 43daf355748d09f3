using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Features.Certificates;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>One door: services, applications and what comes of them.</summary>
internal static class ApplicationFeatures
{
    public static void AddApplications(this WebApplicationBuilder builder)
    {
        builder.AddServiceClient("health-code", "health-code:person", invoker => new PersonalRecords.PersonalRecordsClient(invoker));
        builder.AddServiceCatalogue();
        builder.AddCertificates();
        builder.Services.AddScoped<Appointments>().AddScoped<CloseApplication>().AddScoped<WorkOnStep.Step>();
        builder.Services.AddSingleton<EscalateOverdue>().AddHostedService(services => services.GetRequiredService<EscalateOverdue>());
        builder.Services.AddHealthChecks().AddCheck<ApplicationsHealth>("applications", timeout: TimeSpan.FromSeconds(3));
    }

    public static void MapApplications(this IEndpointRouteBuilder features)
    {
        ListServices.Map(features);
        CountOnceOnly.Map(features);
        AddAttachment.Map(features);
        KeepDraft.Map(features);
        SubmitApplication.Map(features);
        MyApplications.Map(features);
        ChangeMyApplication.Map(features);
        DepartmentInbox.Map(features);
        WorkOnStep.Map(features);
        MyCertificates.Map(features);
        VerifyCertificate.Map(features);
        RevokeCertificate.Map(features);
    }
}

using SmartCity.EarlyWarning.Contracts.V1;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>What the city tells people.</summary>
internal static class BulletinFeatures
{
    public static void AddBulletins(this WebApplicationBuilder builder)
    {
        builder.AddServiceClient("early-warning", "early-warning:figures", invoker => new Figures.FiguresClient(invoker));
        builder.Services.AddOptions<DailyBulletin>().BindConfiguration("DailyBulletin").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<WriteDailyBulletin>().AddHostedService(services => services.GetRequiredService<WriteDailyBulletin>());
    }

    public static void MapBulletins(this IEndpointRouteBuilder features)
    {
        PublishBulletin.Map(features);
        CorrectBulletin.Map(features);
        ReadBulletins.Map(features);
        BulletinFeeds.Map(features);
        SignedBulletins.Map(features);
    }
}

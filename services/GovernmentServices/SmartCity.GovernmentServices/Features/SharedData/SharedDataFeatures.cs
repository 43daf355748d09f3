using SmartCity.GovernmentServices.Data;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>The city's data: catalogue, open data, and what departments give each other.</summary>
internal static class SharedDataFeatures
{
    public static void AddSharedData(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<OpenDatasets>();
        builder.Services.AddOptions<OpenDataOptions>().BindConfiguration("OpenData").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSigningKeys<GovernmentServicesDb>(_ => new KeySchedule(UseFor: TimeSpan.FromDays(90), PublishAhead: TimeSpan.FromDays(1), KeySchedule.Forever));
    }

    public static void Map(IEndpointRouteBuilder features)
    {
        ProposeDataAsset.Map(features);
        DecideDataAsset.Map(features);
        ReadCatalogue.Map(features);
        ReadOpenData.Map(features);
        DescribeOpenData.Map(features);
        RequestData.Map(features);
        ReadSharedData.Map(features);
    }
}

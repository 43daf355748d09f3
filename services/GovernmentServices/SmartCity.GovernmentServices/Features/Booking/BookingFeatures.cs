using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmartCity.GovernmentServices.Data;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>Times and goods that the city gives out, fairly and never twice.</summary>
internal static class BookingFeatures
{
    public static void AddBookingEngine(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(_ => new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(1), ActivityHeadersPropagator = null,
        }));
        builder.Services.AddSingleton<BookingPartitions>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<BookingPartitions>());
        builder.Services.AddSingleton<BookingEngine>();
        builder.Services.AddHealthChecks().AddCheck<BookingHealth>("bookings", HealthStatus.Degraded, timeout: TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton<EligibilityTables>();
        builder.Services.AddHostedService<WatchBookables>();
        builder.Services.AddHostedService<CountBookings>();
    }

    public static void MapBooking(this IEndpointRouteBuilder features)
    {
        OfferBookable.Map(features);
        ListBookables.Map(features);
        Book.Map(features);
        ChangeBooking.Map(features);
        ListMyBookings.Map(features);
        QueueForBookable.Map(features);
        EnterLottery.Map(features);
        ShowDraw.Map(features);
        ShowFairness.Map(features);
        SetAssistedChannel.Map(features);
        AgreeToBookingFacts.Map(features);
    }
}

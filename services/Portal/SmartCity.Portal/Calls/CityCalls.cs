namespace SmartCity.Portal.Calls;

/// <summary>How the portal reaches the services.</summary>
internal static class CityCalls
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public static void AddCityCalls(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransient<Replicas>();
        builder.Services.AddHttpClient<City>(http => http.Timeout = Deadline).AddHttpMessageHandler<Replicas>();
        builder.Services.AddHttpClient<SignInCalls>(http => http.Timeout = Deadline).AddHttpMessageHandler<Replicas>();
    }
}

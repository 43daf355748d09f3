using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Features.Upkeep;

namespace SmartCity.PlaceRegistration.Features.Tracing;

/// <summary>What the features about tracing share.</summary>
internal static class TracingExtensions
{
    public static void AddTracing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TracePolicyBook.Read(builder.Configuration["Tracing:PolicyFolder"] ?? Path.Combine(AppContext.BaseDirectory, "TracePolicies")));
        builder.Services.AddSingleton<CaseTracing>();
        builder.Services.AddHostedService<RunAskedTraces>();
        builder.Services.AddHealthChecks().AddCheck<TracingHealth>("tracing");
    }
}

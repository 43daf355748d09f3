using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SmartCity.GovernmentServices.Data;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Certificates;

/// <summary>Section "Certificates" of the configuration.</summary>
internal sealed class CertificateOptions
{
    /// <summary>Under which address the outside reaches <c>/certificates</c>; it stands in every certificate.</summary>
    [Required, Url]
    public string Address { get; init; } = "http://localhost:8080/government-services/v1/certificates";

    /// <summary>How long a key signs.</summary>
    [Range(typeof(TimeSpan), "2.00:00:00", "730.00:00:00")]
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long a status list may be used.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan StatusLifetime { get; init; } = TimeSpan.FromHours(12);
}

internal static class CertificateExtensions
{
    public static void AddCertificates(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CertificateOptions>().BindConfiguration("Certificates").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSigningKeys<GovernmentServicesDb>(provider => new KeySchedule(
            provider.GetRequiredService<IOptions<CertificateOptions>>().Value.KeyLifetime, PublishAhead: TimeSpan.FromDays(1), KeySchedule.Forever));
        builder.Services.AddSingleton<StatusLists>();
        builder.Services.AddScoped<IssueCertificate>();
    }
}

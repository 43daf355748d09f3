using System.ComponentModel.DataAnnotations;

namespace SmartCity.GovernmentServices.Features.Certificates;

/// <summary>Section "Certificates" of the configuration.</summary>
internal sealed class CertificateOptions
{
    /// <summary>Under which address the outside reaches <c>/certificates</c>; it stands in every certificate.</summary>
    [Required, Url]
    public string Address { get; init; } = "http://localhost:8080/government-services/v1/certificates";

    /// <summary>How long a status list may be used.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan StatusLifetime { get; init; } = TimeSpan.FromHours(12);
}

internal static class CertificateExtensions
{
    public static void AddCertificates(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CertificateOptions>().BindConfiguration("Certificates").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<StatusLists>();
        builder.Services.AddScoped<IssueCertificate>();
    }
}

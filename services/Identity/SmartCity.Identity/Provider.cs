using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.Identity.Features.Keys;
using SmartCity.Identity.Features.People;
using SmartCity.Identity.Features.Staff;
using SmartCity.Signing;

namespace SmartCity.Identity;

/// <summary>What this service is made of beside its endpoints.</summary>
internal static class Provider
{
    public static void AddProvider(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddKeyedSingleton(RealTime.Key, TimeProvider.System);
        services.AddOptions<ProviderSettings>().BindConfiguration(ProviderSettings.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PhoneCodeSettings>().BindConfiguration(PhoneCodeSettings.Section).ValidateDataAnnotations()
            .Validate(codes => codes.ShowInLog || codes.ShowInAnswer, "Codes reach nobody: set PhoneCodes:ShowInLog.").ValidateOnStart();

        services.AddIdentityCore<Account>(identity =>
            {
                // Length is what makes a password hard to guess (NIST SP 800-63B §5.1.1).
                identity.Password = new PasswordOptions
                {
                    RequiredLength = 12, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false,
                };
                identity.Lockout.MaxFailedAccessAttempts = 5;
                identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
            })
            .AddUserStore<AccountStore>()
            .AddTokenProvider<AuthenticatorTokenProvider<Account>>(TokenOptions.DefaultAuthenticatorProvider);
        // What OWASP asks of PBKDF2 with HMAC-SHA-512.
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 210_000);
        services.AddScoped<StaffCredentials>();

        services.AddSigningKeys<IdentityDb>(
            provider => provider.GetRequiredService<IOptions<ProviderSettings>>().Value.KeySchedule,
            provider => provider.GetRequiredKeyedService<TimeProvider>(RealTime.Key));
        OwnKeys.Add(builder);
        services.AddHostedService<DemoAccounts>();
        services.AddSingleton<Housekeeping>().AddHostedService(provider => provider.GetRequiredService<Housekeeping>());
    }

    /// <summary>The address of whoever calls the gateway, which limits need, is in the header that the gateway sets.</summary>
    public static void UseGatewayAddresses(this WebApplication app)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor };
        // Only the gateway reaches this service, at whatever address it has.
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        app.UseForwardedHeaders(options);
    }
}

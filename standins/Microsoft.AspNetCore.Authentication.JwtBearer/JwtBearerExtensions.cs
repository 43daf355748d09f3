using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

public static class JwtBearerExtensions
{
    public static AuthenticationBuilder AddJwtBearer(this AuthenticationBuilder builder) =>
        builder.AddJwtBearer(JwtBearerDefaults.AuthenticationScheme, _ => { });

    public static AuthenticationBuilder AddJwtBearer(this AuthenticationBuilder builder, Action<JwtBearerOptions> configureOptions) =>
        builder.AddJwtBearer(JwtBearerDefaults.AuthenticationScheme, configureOptions);

    public static AuthenticationBuilder AddJwtBearer(
        this AuthenticationBuilder builder, string authenticationScheme, Action<JwtBearerOptions> configureOptions) =>
        builder.AddJwtBearer(authenticationScheme, displayName: null, configureOptions);

    public static AuthenticationBuilder AddJwtBearer(
        this AuthenticationBuilder builder, string authenticationScheme, string? displayName, Action<JwtBearerOptions> configureOptions)
    {
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, CompleteOptions>());
        return builder.AddScheme<JwtBearerOptions, JwtBearerHandler>(authenticationScheme, displayName, configureOptions);
    }

    private sealed class CompleteOptions(ILogger<JwtBearerHandler> logger) : IPostConfigureOptions<JwtBearerOptions>
    {
        private const int LargestDocument = 256 * 1024;

        public void PostConfigure(string? name, JwtBearerOptions options)
        {
            options.TokenValidationParameters.ValidAudience ??= options.Audience;
            if (string.IsNullOrEmpty(options.MetadataAddress) && !string.IsNullOrEmpty(options.Authority))
                options.MetadataAddress = options.Authority.TrimEnd('/') + "/.well-known/openid-configuration";

            options.Verifier = new TokenVerifier(options.TokenValidationParameters, ProviderOf(options));
        }

        private ProviderKeys? ProviderOf(JwtBearerOptions options)
        {
            if (string.IsNullOrEmpty(options.MetadataAddress))
                return null;
            if (options.RequireHttpsMetadata && !options.MetadataAddress.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                throw new InvalidOperationException("The MetadataAddress or Authority must use HTTPS unless RequireHttpsMetadata is false.");

            options.Backchannel ??= new HttpClient(options.BackchannelHttpHandler ?? new SocketsHttpHandler())
            {
                Timeout = options.BackchannelTimeout,
                MaxResponseContentBufferSize = LargestDocument,
            };
            return new ProviderKeys(options, logger);
        }
    }
}

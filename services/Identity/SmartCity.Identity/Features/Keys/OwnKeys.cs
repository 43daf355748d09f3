using System.Net.Http.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using SmartCity.Signing;

namespace SmartCity.Identity.Features.Keys;

/// <summary>
/// This service checks tokens as every other does, by the provider's documents; only that it is the provider, so it reads them from itself
/// and not over the network, where it might ask before it listens.
/// </summary>
internal sealed class OwnKeys(SigningKeys keys, IOptions<ProviderSettings> settings) : HttpMessageHandler
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OwnKeys>();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<OwnKeys, IOptions<ProviderSettings>>((options, ownKeys, settings) =>
            {
                options.MetadataAddress = settings.Value.Issuer + Discovery.MetadataPath;
                options.BackchannelHttpHandler = ownKeys;
            });
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var issuer = settings.Value.Issuer;
        object document = request.RequestUri!.AbsolutePath.EndsWith(Discovery.KeysPath, StringComparison.Ordinal)
            ? await keys.PublishedAsync(cancellationToken)
            : Discovery.Metadata(issuer, issuer);
        return new HttpResponseMessage { Content = JsonContent.Create(document, document.GetType()), RequestMessage = request };
    }
}

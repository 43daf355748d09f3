using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;
using System.IO.Compression;

namespace SmartCity.Portal.Web;

/// <summary>What browsers are told about every page, and how pages travel.</summary>
internal static class PageHeaders
{
    /// <summary>Everything comes from the portal itself, scripts and styles only from files; nobody frames it, and forms go nowhere else.</summary>
    private const string OnlyOwnFiles =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
        + "worker-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public static void AddCompressedPages(this IServiceCollection services)
    {
        // Compressing what holds a secret is safe where the secret differs in every answer: antiforgery tokens do, and session cookies are not in pages.
        services.AddResponseCompression(options => options.EnableForHttps = true);
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
    }

    /// <summary>Only the gateway reaches the portal, at whatever address it has: it knows who asks, and whether by TLS.</summary>
    public static void UseBehindTheGateway(this WebApplication app)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        app.UseForwardedHeaders(options);
    }

    public static void UsePageHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpContext)state).Response.Headers;
            headers.ContentSecurityPolicy = OnlyOwnFiles;
            headers.XContentTypeOptions = "nosniff";
            // Static files say themselves how long they may be kept. A page is about somebody.
            if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context);
        return next(context);
    });

    /// <summary>What is not found or fails is told on a page, inside of the shared defaults, which would tell it as JSON.</summary>
    public static void UseErrorPages(this WebApplication app)
    {
        app.UseExceptionHandler("/error/500", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/error/{0}", createScopeForStatusCodePages: true);
    }
}

using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SmartCity.Gateway;

/// <summary>
/// Keeps public answers: those to a GET without a token that the service itself calls <c>public</c> with a <c>max-age</c> (RFC 9111).
/// Many who ask at once for the same cost the service one request. The header <c>Age</c> says how old an answer is.
/// </summary>
internal static class PublicCache
{
    public const string Policy = "public";

    public static void AddPublicCache(this WebApplicationBuilder builder) => builder.Services.AddOutputCache(options =>
    {
        options.SizeLimit = 64 * 1024 * 1024;
        options.MaximumBodySize = 1024 * 1024;
        options.AddPolicy(Policy, new WhatServicesCallPublic());
    });

    private sealed class WhatServicesCallPublic : IOutputCachePolicy
    {
        private static readonly StringValues LanguageAndFormat = new([HeaderNames.AcceptLanguage, HeaderNames.Accept]);

        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            var request = context.HttpContext.Request;
            var isPublic = HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0 && !Streams.IsStream(request);
            context.EnableOutputCaching = isPublic;
            context.AllowCacheLookup = isPublic;
            context.AllowCacheStorage = isPublic;
            context.AllowLocking = isPublic;
            context.CacheVaryByRules.QueryKeys = "*";
            context.CacheVaryByRules.HeaderNames = LanguageAndFormat;
            return ValueTask.CompletedTask;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            var response = context.HttpContext.Response;
            var control = response.GetTypedHeaders().CacheControl;
            var mayKeep = response.StatusCode == StatusCodes.Status200OK && control is { Public: true, MaxAge: not null } && response.Headers.SetCookie.Count == 0;
            context.AllowCacheStorage = mayKeep;
            if (mayKeep) context.ResponseExpirationTimeSpan = control!.MaxAge;
            return ValueTask.CompletedTask;
        }
    }
}

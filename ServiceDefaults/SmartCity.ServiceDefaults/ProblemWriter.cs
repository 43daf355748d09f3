using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace SmartCity.ServiceDefaults;

/// <summary>Writes refusals as RFC 9457 problems in the language of the request.</summary>
/// <param name="resources">The assemblies whose <c>Resources/Problems.resx</c> hold the texts, the service's own first.</param>
internal sealed class ProblemWriter(params Assembly[] resources)
{
    private const int RetryAfterSeconds = 2;

    private readonly ResourceManager[] texts =
        [.. resources.Select(assembly => new ResourceManager($"{assembly.GetName().Name}.Resources.Problems", assembly))];

    public Task WriteAsync(HttpContext context, IReadOnlyList<Refusal> refusals)
    {
        var first = refusals[0];
        var problem = new ProblemDetails
        {
            Type = $"urn:smartcity:problem:{first.Code}",
            Status = first.Status,
            Title = Title(first),
            Detail = Detail(first),
        };
        problem.Extensions["code"] = first.Code;
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        if (refusals.Any(refusal => refusal.Field is not null))
        {
            problem.Extensions["errors"] = refusals.Select(refusal => new { field = refusal.Field, code = refusal.Code, message = Detail(refusal) ?? Title(refusal) });
        }

        context.Response.StatusCode = first.Status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentLanguage = CultureInfo.CurrentUICulture.Name;
        if (first.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests && context.Response.Headers.RetryAfter.Count == 0)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return context.Response.WriteAsJsonAsync(problem, options: null, contentType: "application/problem+json", context.RequestAborted);
    }

    /// <summary>A code without a text is shown as itself; a test finds such codes.</summary>
    private string Title(Refusal refusal) => Text(refusal.Code) ?? refusal.Code;

    private string? Detail(Refusal refusal) =>
        Text($"{refusal.Code}.detail") is { } text ? string.Format(CultureInfo.CurrentUICulture, text, refusal.Arguments) : null;

    private string? Text(string key) => texts.Select(manager => Find(manager, key)).FirstOrDefault(text => text is not null);

    private static string? Find(ResourceManager manager, string key)
    {
        try
        {
            return manager.GetString(key, CultureInfo.CurrentUICulture);
        }
        catch (MissingManifestResourceException)
        {
            // A service without problem codes of its own has no resource file.
            return null;
        }
    }
}

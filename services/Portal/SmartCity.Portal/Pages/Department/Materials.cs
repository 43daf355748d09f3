using System.Net.Http.Headers;
using SmartCity.Portal.Calls;
using SmartCity.Portal.Session;
using SmartCity.ServiceDefaults;

namespace SmartCity.Portal.Pages.Department;

/// <summary>Hands an officer the file that an applicant brought. It is saved, never shown as a page of the city's.</summary>
internal static class Materials
{
    public static void Map(WebApplication app) => app.MapGet("/department/steps/{id:guid}/materials/{key}", HandleAsync).ExcludeFromDescription().Allow(Roles.DepartmentOfficer);

    private static async Task HandleAsync(Guid id, string key, HttpContext context, SignedIn person, IHttpClientFactory clients, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://government-services/government-services/v1/department/steps/{id}/materials/{Uri.EscapeDataString(key)}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await person.AccessTokenAsync());
        using var answer = await clients.CreateClient(nameof(City)).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        context.Response.StatusCode = (int)answer.StatusCode;
        if (!answer.IsSuccessStatusCode) return;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.Headers.ContentDisposition = "attachment";
        await answer.Content.CopyToAsync(context.Response.Body, cancellationToken);
    }
}

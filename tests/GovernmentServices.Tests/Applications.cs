using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.GovernmentServices.Features.Certificates;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>How people apply and officers decide, over HTTP.</summary>
internal static class Applications
{
    public static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7 a scanned paper");

    public static IReadOnlyDictionary<string, JsonElement> Form(string json) =>
        ((JsonObject)JsonNode.Parse(json)!).ToDictionary(field => field.Key, field => field.Value.Deserialize<JsonElement>());

    public static IReadOnlyDictionary<string, JsonElement> EventForm(int attendance = 800) => Form($$"""
        { "eventName": "春季书展", "place": "人民广场", "startsOn": "2022-03-20", "endsOn": "2022-03-21", "attendance": {{attendance}}, "outdoors": true }
        """);

    public static IReadOnlyDictionary<string, JsonElement> ResidenceForm(string housing = "owned") => Form($$"""
        { "address": "南京路 1 号 302 室", "housing": "{{housing}}", "since": "2022-01-15" }
        """);

    /// <summary>A citizen whom the register knows.</summary>
    public static HttpClient Registered(this GovernmentCity city, out Guid account, string birthDate = "1985-02-03", string name = "李雷")
    {
        account = Guid.NewGuid();
        city.Register.Add(account, name, birthDate);
        return city.Citizen(account);
    }

    public static async Task<HttpResponseMessage> PutJsonAsync(this HttpClient client, string path, object body) =>
        await client.PutAsync(GovernmentCity.Path + path, JsonContent.Create(body, body.GetType(), options: Http.Json));

    public static async Task<DraftView> PrefilledAsync(this HttpClient citizen, string service) =>
        await citizen.PostedAsync<DraftView>($"/me/drafts/{service}/prefill", new PrefillRequest(Consent: true));

    public static async Task<Guid> AttachedAsync(this HttpClient citizen, byte[]? content = null, string mediaType = "application/pdf", Guid? key = null)
    {
        using var response = await citizen.AttachAsync(content ?? Pdf, mediaType, key);
        return (await response.OfAsync<AttachmentView>()).Id;
    }

    public static async Task<HttpResponseMessage> AttachAsync(this HttpClient citizen, byte[] content, string mediaType, Guid? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{GovernmentCity.Path}/me/attachments")
        {
            Content = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
        };
        request.Headers.Add(IdempotencyKey.Header, (key ?? Guid.NewGuid()).ToString());
        return await citizen.SendAsync(request);
    }

    /// <summary>With the register read and every other paper brought.</summary>
    public static async Task<ApplicationSummary> AppliedAsync(this HttpClient citizen, string service, IReadOnlyDictionary<string, JsonElement> form, Guid? key = null)
    {
        var draft = await citizen.PrefilledAsync(service);
        var materials = new Dictionary<string, Guid>();
        foreach (var material in draft.Materials.Where(material => material.SatisfiedBy is null)) materials[material.Key] = await citizen.AttachedAsync();
        return await citizen.PostedAsync<ApplicationSummary>("/me/applications", new SubmitRequest(service, form, materials), key);
    }

    public static async Task<IReadOnlyList<StepSummary>> InboxAsync(this HttpClient officer) => (await officer.ReadAsync<Page<StepSummary>>("/department/steps")).Items;

    /// <summary>Takes the step of the application on and decides it.</summary>
    public static async Task<StepSummary> DecidedAsync(
        this HttpClient officer, ApplicationSummary application, string step, StepOutcome outcome = StepOutcome.Approved, string? text = null)
    {
        var mine = (await officer.InboxAsync()).Single(waiting => waiting.ApplicationId == application.Id && waiting.Step == step);
        await officer.PostedAsync<StepSummary>($"/department/steps/{mine.Id}/claim", null);
        return await officer.PostedAsync<StepSummary>($"/department/steps/{mine.Id}/decision", new DecideStepRequest(outcome, text ?? (outcome == StepOutcome.Approved ? null : "补充说明")));
    }

    public static Task<MyApplication> MineAsync(this HttpClient citizen, ApplicationSummary application) => citizen.ReadAsync<MyApplication>($"/me/applications/{application.Id}");

    /// <summary>A certificate of temporary residence, from the application to the signed text.</summary>
    public static async Task<(CertificateView View, string Credential)> ResidentAsync(this GovernmentCity city, HttpClient citizen)
    {
        var application = await citizen.AppliedAsync("temporary-residence", ResidenceForm());
        await city.Officer(GovernmentCity.Security).DecidedAsync(application, "residence");
        var view = (await citizen.ReadAsync<Page<CertificateView>>("/me/certificates")).Items.Single(certificate => certificate.ApplicationId == application.Id);
        return (view, await citizen.GetStringAsync($"{GovernmentCity.Path}/me/certificates/{view.Id}/credential"));
    }
}

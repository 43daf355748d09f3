using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using SmartCity.Replay;

namespace SmartCity.System.Tests;

/// <summary>Nobody gets in where they do not belong, in the city as it runs.</summary>
public sealed class RefusalTests(RunningCity city)
{
    private static readonly string[] OwnMatters =
    [
        "/identity/v1/me", "/health-code/v1/me/code", "/health-code/v1/me/access-log", "/place-registration/v1/me/visits", "/government-services/v1/me/reports",
        "/government-services/v1/me/bookings",
    ];

    [Fact]
    public async Task Without_a_token_or_with_a_changed_one_there_is_nothing_to_see()
    {
        using var client = city.Open();
        var (account, _) = await Neighbours.CitizenAsync(client);

        foreach (var path in OwnMatters)
        {
            (await StatusAsync(city.Gateway, path, token: null)).ShouldBe(HttpStatusCode.Unauthorized, path);
            (await StatusAsync(city.Gateway, path, Changed(account.AccessToken))).ShouldBe(HttpStatusCode.Unauthorized, path);
            (await StatusAsync(city.Gateway, path, account.AccessToken)).ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Theory]
    [InlineData("identity", "/identity/v1/me")]
    [InlineData("health-code", "/health-code/v1/me/code")]
    [InlineData("place-registration-1", "/place-registration/v1/me/visits")]
    [InlineData("government-services-1", "/government-services/v1/me/reports")]
    [InlineData("early-warning", "/early-warning/v1/alarms")]
    public async Task A_services_own_port_asks_for_the_token_too(string resource, string path)
    {
        var own = await city.OwnAddressAsync(resource, "http");

        (await StatusAsync(own, path, token: null)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_grpc_port_takes_services_with_the_scope_and_no_citizen()
    {
        using var client = city.Open();
        var (account, _) = await Neighbours.CitizenAsync(client);
        var own = await city.OwnAddressAsync("health-code", "grpc");
        using var http = new HttpClient { BaseAddress = own };

        foreach (var (token, expected) in new[] { ((string?)null, HttpStatusCode.Unauthorized), (account.AccessToken, HttpStatusCode.Forbidden) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/smartcity.health_code.v1.HealthCodes/GetStatus")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
            };
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await http.SendAsync(request);
            answer.StatusCode.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Another_citizens_visit_and_report_are_not_found()
    {
        using var neighbours = await Neighbours.MeetAsync(city.Open());
        var visit = (await neighbours.City.ListAsync("/place-registration/v1/me/visits", neighbours.Ill, CancellationToken.None))[0]["visitId"]!.GetValue<string>();
        var category = (await CategoriesAsync())[0];
        var report = await neighbours.City.PostAsync("/government-services/v1/reports", new { category, text = "A lamp is broken." }, neighbours.Ill, CancellationToken.None);

        await RefusedAsync(() => neighbours.City.PostAsync($"/place-registration/v1/check-ins/{visit}/check-out", new { }, neighbours.Contact, CancellationToken.None), 404);
        await RefusedAsync(() => neighbours.City.GetAsync($"/government-services/v1/me/reports/{report!["id"]}", neighbours.Contact, CancellationToken.None), 404);
    }

    [Fact]
    public async Task A_departments_queue_is_its_own()
    {
        using var client = city.Open();
        var (citizen, _) = await Neighbours.CitizenAsync(client);
        var officer = (await Neighbours.StaffAsync(client)).DepartmentOfficer;
        foreach (var category in await CategoriesAsync())
        {
            var report = await client.PostAsync("/government-services/v1/reports", new { category, text = "Please look into it." }, citizen, CancellationToken.None);
            var id = report!["id"]!.GetValue<string>();
            var queue = await client.ListAsync("/government-services/v1/department/reports", officer, CancellationToken.None);
            if (queue.Any(item => item["id"]!.GetValue<string>() == id)) continue;

            // Another department's: neither in the queue nor to be answered.
            await RefusedAsync(() => client.PostAsync($"/government-services/v1/department/reports/{id}/answer", new { text = "Done." }, officer, CancellationToken.None), 404);
            return;
        }

        Assert.Fail("Every category goes to one department: there is no other to keep out.");
    }

    private async Task<string[]> CategoriesAsync()
    {
        using var http = new HttpClient { BaseAddress = city.Gateway };
        var list = await http.GetFromJsonAsync<JsonElement>("/government-services/v1/report-categories");
        var items = list.ValueKind == JsonValueKind.Array ? list : list.GetProperty("items");
        return [.. items.EnumerateArray().Select(item => item.GetProperty("category").GetString()!)];
    }

    private static async Task RefusedAsync(Func<Task> act, int status) =>
        (await Should.ThrowAsync<CityException>(act)).Message.ShouldContain($"was answered {status}");

    private static async Task<HttpStatusCode> StatusAsync(Uri address, string path, string? token)
    {
        using var http = new HttpClient { BaseAddress = address };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.GetAsync(path);
        if (!answer.IsSuccessStatusCode) (await answer.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("code", out _).ShouldBeTrue();
        return answer.StatusCode;
    }

    /// <summary>The same token with another signature.</summary>
    private static string Changed(string token) => token[..^8] + (token.EndsWith("AAAAAAAA", StringComparison.Ordinal) ? "BBBBBBBB" : "AAAAAAAA");
}

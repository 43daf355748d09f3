using System.Diagnostics;
using System.Net;

namespace SmartCity.StandIns.Tests.Hosting;

/// <summary>One town for all: each test leaves it healthy.</summary>
public sealed class TownFixture : IAsyncLifetime
{
    internal Town Town { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Town = await Town.StartAsync(null, "--errand", "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:4317");

    public ValueTask DisposeAsync() => Town.DisposeAsync();
}

public sealed class TownResourceTests(TownFixture fixture) : IClassFixture<TownFixture>
{
    private readonly Town _town = fixture.Town;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_project_gets_Aspires_environment()
    {
        var hall = await _town.ResourceAsync("town-hall");
        var hallEnvironment = await _town.EnvironmentOfAsync("town-hall");
        var gateEnvironment = await _town.EnvironmentOfAsync("gate");
        var houses = (await _town.ResourcesAsync()).Where(resource => resource.Name.StartsWith("house")).Select(house => house.Endpoints["http"]).ToArray();

        hallEnvironment["ASPNETCORE_URLS"].ShouldBe(hall.Endpoints["http"]);
        hallEnvironment["GRPC_PORT"].ShouldBe(new Uri(hall.Endpoints["grpc"]).Port.ToString());
        hallEnvironment["ConnectionStrings__registry"].ShouldMatch("^Host=127.0.0.1;Port=\\d+;Username=postgres;Password=.{22};Database=registry$");
        hallEnvironment["OTEL_SERVICE_NAME"].ShouldBe("town-hall");
        hallEnvironment["OTEL_RESOURCE_ATTRIBUTES"].ShouldBe("service.instance.id=town-hall");
        hallEnvironment["OTEL_EXPORTER_OTLP_ENDPOINT"].ShouldBe("http://127.0.0.1:4317");
        hallEnvironment["Town__Secret"].ShouldMatch("^[A-Za-z0-9]{40}$");
        gateEnvironment["Town__Hall"].ShouldBe($"at {hall.Endpoints["grpc"]}, secret {hallEnvironment["Town__Secret"]}");
        gateEnvironment["services__house__http__0"].ShouldBe(houses[0]);
        gateEnvironment["services__house__http__1"].ShouldBe(houses[1]);
        (await _town.EnvironmentOfAsync("house-2"))["services__town-hall__grpc__0"].ShouldBe(hall.Endpoints["grpc"]);
    }

    [Fact]
    public async Task Replicas_listen_on_ports_of_their_own()
    {
        var houses = (await _town.ResourcesAsync()).Where(resource => resource.Name.StartsWith("house")).ToArray();

        houses.Select(house => house.Name).ShouldBe(["house-1", "house-2"]);
        houses.Select(house => house.Endpoints["http"]).ShouldBeUnique();
    }

    [Theory]
    [InlineData("house-1")]
    [InlineData("postgres")]
    public async Task What_is_killed_comes_back(string name)
    {
        var before = await _town.EventuallyAsync(name, resource => resource.Healthy);

        Process.GetProcessById(before.ProcessId!.Value).Kill();

        var after = await _town.EventuallyAsync(name, resource => resource.Healthy && resource.Restarts == before.Restarts + 1);
        after.ProcessId.ShouldNotBe(before.ProcessId);
        after.Endpoints.ShouldBe(before.Endpoints);
    }

    [Fact]
    public async Task A_tool_runs_once_and_what_it_prints_is_seen()
    {
        var errand = await _town.EventuallyAsync("errand", resource => resource.State == "Finished");

        errand.Restarts.ShouldBe(0);
        errand.ProcessId.ShouldBeNull();
        _town.Console.ShouldContain($"errand | fetched bread at {(await _town.ResourceAsync("gate")).Endpoints["http"]}");
    }

    [Fact]
    public void The_console_tells_where_the_town_is_and_calls_when_it_is_ready()
    {
        _town.ConsoleText.ShouldMatch("town-hall +healthy +\\d+\\.\\d s");
        _town.ConsoleText.ShouldMatch("gate +http://localhost:\\d+\n +environment +http://localhost:\\d+/env\n +dashboard +http://localhost:\\d+/login\\?t=");
        _town.ConsoleText.ShouldContain("gate is open");
        _town.ConsoleText.ShouldNotContain("info:");
    }

    [Fact]
    public async Task A_resource_is_stopped_and_started_by_command()
    {
        (await CommandAsync("house-2", "stop")).ShouldBe(HttpStatusCode.NoContent);
        var stopped = await _town.ResourceAsync("house-2");
        (await CommandAsync("house-2", "start")).ShouldBe(HttpStatusCode.NoContent);
        var started = await _town.EventuallyAsync("house-2", resource => resource.Healthy);

        stopped.ShouldSatisfyAllConditions(
            () => stopped.State.ShouldBe("Exited"), () => stopped.ProcessId.ShouldBeNull(), () => stopped.Healthy.ShouldBeFalse());
        started.Restarts.ShouldBe(stopped.Restarts);
        (await CommandAsync("house-2", "dance")).ShouldBe(HttpStatusCode.NotFound);
        (await CommandAsync("castle", "stop")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/resources")]
    [InlineData("/login")]
    [InlineData("/login?t=wrong")]
    public async Task The_page_is_closed_to_whoever_lacks_the_token(string path)
    {
        using var stranger = new HttpClient { BaseAddress = _town.Http.BaseAddress };

        (await stranger.GetAsync(path, Token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_page_is_not_reached_by_a_foreign_name()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/resources");
        request.Headers.Host = "evil.example";

        (await _town.Http.SendAsync(request, Token)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("zh-CN,en;q=0.8", "<html lang=\"zh-CN\">", "运行中")]
    [InlineData("fr,en;q=0.8,zh;q=0.5", "<html lang=\"en\">", "running")]
    public async Task The_token_opens_the_page_in_the_readers_language(string wish, string language, string state)
    {
        using var browser = new HttpClient(new HttpClientHandler { CookieContainer = new() }) { BaseAddress = _town.Http.BaseAddress };
        browser.DefaultRequestHeaders.Add("Accept-Language", wish);

        await browser.GetStringAsync("/login?t=a-token-for-tests", Token);
        var page = WebUtility.HtmlDecode(await browser.GetStringAsync("/resources", Token));

        page.ShouldContain(language);
        page.ShouldContain(state);
        page.ShouldContain("town-hall");
    }

    private async Task<HttpStatusCode> CommandAsync(string resource, string command) =>
        (await _town.Http.PostAsync($"/api/resources/{resource}/{command}", null, Token)).StatusCode;
}

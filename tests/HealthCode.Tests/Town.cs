using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests;

/// <summary>The health code service of one test, with its own database, its own names on the broker, and a clock that the test moves.</summary>
internal sealed class Town : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = Configured();

    private readonly (string Key, string? Value)[] settings;
    private int people;

    private Town((string Key, string? Value)[] settings, TestDatabase database, MovableClock clock) =>
        (this.settings, App, Database, Clock) = (settings, new CityApp<Program>("health-code", clock, settings), database, clock);

    public CityApp<Program> App { get; }
    public TestDatabase Database { get; }
    public MovableClock Clock { get; }
    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <param name="servers">Where the broker is, and the database unless <paramref name="databases"/> says otherwise.</param>
    /// <param name="databases">A PostgreSQL that the test kills.</param>
    /// <param name="different">Settings of this test.</param>
    public static async Task<Town> StartAsync(CityServers servers, CityServers? databases = null, params (string Key, string? Value)[] different)
    {
        var database = await TestDatabase.CreateAsync<HealthCodeDb>(databases ?? servers);
        (string, string?)[] settings =
        [
            .. await servers.BrokerSettingsAsync(),
            ("ConnectionStrings:health-code-db", database.ConnectionString),
            ("PersonalData:Key", "tests-only-tests-only-tests-only-tests-only"),
            ("ExpireCodes:Interval", "00:00:00.100"),
            ("Credentials:CheckEvery", "00:00:00.100"),
            .. different,
        ];
        return new Town(settings, database, new MovableClock(new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero)));
    }

    /// <summary>The same service once more, on the same database, broker and clock.</summary>
    public async Task<CityApp<Program>> AnotherReplicaAsync(params (string Key, string? Value)[] different)
    {
        var replica = new CityApp<Program>("health-code", Clock, [.. settings, .. different]);
        await replica.Anyone().GetAsync("/health/live");
        return replica;
    }

    /// <summary>A number that nobody else in this town has.</summary>
    public string NewNumber()
    {
        var digits = $"310101{19700101}{Interlocked.Increment(ref people):000}";
        return digits + CitizenNumber.CheckCharacter(digits);
    }

    /// <summary>Somebody who has registered.</summary>
    public async Task<Person> NewPersonAsync()
    {
        var (account, number) = (Guid.NewGuid(), NewNumber());
        var client = App.As(account, Roles.Citizen);
        var registration = await ReadAsync<Registration>(await client.PutAsJsonAsync("/health-code/v1/me", new { name = "王芳", citizenNumber = number }));
        return new Person(account, registration.CitizenId, number, client);
    }

    public HttpClient Laboratory(string name = "city-laboratory") => App.AsOfficer(Guid.NewGuid(), name, Roles.Laboratory);

    public HttpClient Officer() => App.AsOfficer(Guid.NewGuid(), "health-commission", Roles.HealthOfficer);

    public Task<ShowMyCode.MyCode> CodeOfAsync(Person person) => GetAsync<ShowMyCode.MyCode>(person.Client, "/health-code/v1/me/code");

    public async Task<ListMyHistory.Entry[]> HistoryOfAsync(Person person) =>
        [.. (await GetAsync<Page<ListMyHistory.Entry>>(person.Client, "/health-code/v1/me/code/history")).Items];

    public async Task<T> GetAsync<T>(HttpClient client, string path) => await ReadAsync<T>(await client.GetAsync(path));

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        response.IsSuccessStatusCode.ShouldBeTrue($"{response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<T>(Json))!;
    }

    /// <summary>The stable code of a refusal.</summary>
    public static async Task<string?> ProblemAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    /// <summary>Reports a result, sampled a day ago unless said otherwise.</summary>
    public async Task<HttpResponseMessage> ReportAsync(
        HttpClient laboratory, string number, LabOutcome outcome = LabOutcome.Positive, string? resultNumber = null, DateTimeOffset? sampledAt = null, Guid? key = null,
        DateTimeOffset? onsetAt = null)
    {
        var body = new { resultNumber = resultNumber ?? $"R-{Guid.NewGuid():N}", citizenNumber = number, outcome, sampledAt = sampledAt ?? Now.AddDays(-1), onsetAt };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/health-code/v1/lab-results") { Content = JsonContent.Create(body, options: Json) };
        request.Headers.Add(IdempotencyKey.Header, (key ?? Guid.NewGuid()).ToString());
        return await laboratory.SendAsync(request);
    }

    public async Task<LabResultReceipt> ReportPositiveAsync(string number) => await ReadAsync<LabResultReceipt>(await ReportAsync(Laboratory(), number));

    public async Task<HttpResponseMessage> WithdrawAsync(HttpClient client, Guid result) =>
        await client.PostAsJsonAsync($"/health-code/v1/lab-results/{result}/withdrawal", new { reason = "samplesMixedUp" });

    /// <summary>Sends an event of another department by the broker.</summary>
    public async Task PublishAsync<TEvent>(TEvent message, Guid? messageId = null) where TEvent : class =>
        await (await App.Services.ListeningBusAsync()).Publish(message, context => context.MessageId = messageId ?? Guid.CreateVersion7());

    /// <summary>Hears every event of a kind from now on.</summary>
    public async Task<ConcurrentQueue<TEvent>> ListenAsync<TEvent>() where TEvent : class
    {
        var heard = new ConcurrentQueue<TEvent>();
        var bus = App.Services.GetRequiredService<IBusControl>();
        var ear = bus.ConnectReceiveEndpoint($"ear-{Guid.NewGuid():N}", endpoint =>
        {
            ((IRabbitMqReceiveEndpointConfigurator)endpoint).AutoDelete = true;
            endpoint.Handler<TEvent>(context =>
            {
                heard.Enqueue(context.Message);
                return Task.CompletedTask;
            });
        });
        await ear.Ready;
        return heard;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static JsonSerializerOptions Configured()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ServiceDefaultsExtensions.Configure(json);
        return json;
    }
}

/// <summary>Somebody who has registered.</summary>
internal sealed record Person(Guid Account, Guid CitizenId, string Number, HttpClient Client);

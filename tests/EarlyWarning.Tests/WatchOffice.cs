using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using SmartCity.EarlyWarning.Data;
using SmartCity.HealthCode.Contracts;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

/// <summary>The service with its database and broker in one test; it is noon in the city until the test moves the clock.</summary>
internal sealed class WatchOffice : IAsyncDisposable
{
    public const string Cell = "3123N12147E";

    public static readonly DateTimeOffset Noon = new(2026, 3, 20, 12, 0, 0, TimeSpan.FromHours(8));

    private WatchOffice(TestDatabase database, (string Key, string? Value)[] broker)
    {
        (Database, Broker) = (database, broker);
        App = new("early-warning", Clock, [.. broker, ("PersonalData:Key", "a-key-for-tests-that-is-long-enough-000"), ("ConnectionStrings:early-warning-db", database.ConnectionString)]);
    }

    public TestDatabase Database { get; }

    /// <summary>What the service under test has of the broker.</summary>
    public (string Key, string? Value)[] Broker { get; }

    public MovableClock Clock { get; } = new(Noon.ToUniversalTime());

    public CityApp<Program> App { get; }

    public Guid Officer { get; } = Guid.CreateVersion7();

    public HttpClient HealthOfficer => App.AsOfficer(Officer, "health-commission", Roles.HealthOfficer);

    public static async Task<WatchOffice> OpenAsync(CityServers servers) =>
        new(await TestDatabase.CreateAsync<EarlyWarningDb>(servers), await servers.BrokerSettingsAsync());

    /// <summary>So many cases confirmed on a day, counted back from today.</summary>
    public async Task<IReadOnlyList<CaseConfirmed>> ConfirmAsync(int daysAgo, int cases, string? cell = Cell)
    {
        var at = Noon.AddDays(-daysAgo).ToUniversalTime();
        var confirmed = Enumerable.Range(0, cases).Select(_ => new CaseConfirmed(Guid.CreateVersion7(), Guid.CreateVersion7(), cell, at, at, at.AddDays(10), at)).ToArray();
        await PublishAsync(confirmed);
        return confirmed;
    }

    /// <summary>Returns once every event has been dealt with.</summary>
    public async Task PublishAsync<T>(params IReadOnlyCollection<T> messages) where T : class
    {
        var bus = await App.Services.ListeningBusAsync();
        var ids = new List<Guid>();
        foreach (var message in messages)
        {
            var id = Guid.CreateVersion7();
            ids.Add(id);
            await bus.Publish(message, context => context.MessageId = id);
        }

        await Eventually.Async(async () => await HandledAsync(ids) == ids.Count * ConsumersOf<T>());
    }

    /// <summary>The same message once more, as a broker may deliver it.</summary>
    public async Task PublishTwiceAsync<T>(T message) where T : class
    {
        var id = Guid.CreateVersion7();
        var bus = await App.Services.ListeningBusAsync();
        for (var i = 0; i < 2; i++) await bus.Publish(message, context => context.MessageId = id);
        await Eventually.Async(async () => await HandledAsync([id]) == ConsumersOf<T>());
        // A later message through the same queues: by then both deliveries have been looked at, or wait behind a lock that the next read passes.
        await PublishAsync(new CaseWithdrawn(Guid.CreateVersion7(), Guid.CreateVersion7(), null, Noon, Noon));
    }

    public async Task<JsonElement> GetAsync(HttpClient client, string path, HttpStatusCode expected = HttpStatusCode.OK) =>
        await SendAsync(client, HttpMethod.Get, path, body: null, expected);

    public Task<JsonElement> PostAsync(HttpClient client, string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK) =>
        SendAsync(client, HttpMethod.Post, path, body ?? new { }, expected);

    public async Task<JsonElement> SendAsync(HttpClient client, HttpMethod method, string path, object? body, HttpStatusCode expected = HttpStatusCode.OK, Guid? key = null)
    {
        using var request = new HttpRequestMessage(method, $"/early-warning/v1/{path}");
        request.Headers.Add(IdempotencyKey.Header, (key ?? Guid.CreateVersion7()).ToString());
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The counts of a stream by day, for the last four weeks.</summary>
    public async Task<Dictionary<DateOnly, int>> CountsAsync(string stream, string? cell = null)
    {
        var signal = await GetAsync(HealthOfficer, $"signals?stream={stream}{(cell is null ? "" : $"&cell={cell}")}");
        return signal.GetProperty("days").EnumerateArray().ToDictionary(day => DateOnly.Parse(day.GetProperty("day").GetString()!), day => (int)day.GetProperty("value").GetDouble());
    }

    /// <summary>The alarms once everything that was counted so far has been judged.</summary>
    public async Task<JsonElement[]> AlarmsAsync()
    {
        await JudgedAsync();
        return [.. (await GetAsync(HealthOfficer, "alarms?limit=100")).GetProperty("items").EnumerateArray()];
    }

    /// <summary>Returns once detection has judged every revision.</summary>
    public Task JudgedAsync() => Eventually.Async(async () => await Database.ScalarAsync<long>(
        "SELECT count(*) FROM judge_marks m WHERE m.revision < (SELECT coalesce(max(id), 0) FROM signal_revisions r WHERE r.stream = m.stream)") == 0);

    /// <summary>Delivers a batch of values.</summary>
    public async Task<JsonElement> IngestAsync(string stream, string body, HttpStatusCode expected = HttpStatusCode.OK, string type = "text/csv")
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, type);
        using var response = await HealthOfficer.PostAsync($"/early-warning/v1/signals/{stream}", content);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Drafts, has a second person approve, and issues.</summary>
    public async Task<string> WarnAsync(object request, string path = "warnings")
    {
        using var approver = App.As(Guid.CreateVersion7(), Roles.Approver);
        // Ids carry the time to the millisecond: lists have an order then.
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var id = (await PostAsync(HealthOfficer, path, request)).GetProperty("warningId").GetString()!;
        await PostAsync(approver, $"warnings/{id}/approval");
        await PostAsync(HealthOfficer, $"warnings/{id}/issue");
        return id;
    }

    public static DateOnly Day(int daysAgo) => DateOnly.FromDateTime(Noon.DateTime).AddDays(-daysAgo);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>How many queues hear of it: each enters it in the inbox once.</summary>
    private static int ConsumersOf<T>() where T : class => typeof(Program).Assembly.GetTypes().Count(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IConsumer<T>)));

    private Task<long> HandledAsync(IEnumerable<Guid> ids) =>
        Database.ScalarAsync<long>($"SELECT count(*) FROM messaging.inbox WHERE message_id IN ({string.Join(',', ids.Select(id => $"'{id}'"))})");
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;
using Wire = SmartCity.HealthCode.Contracts.V1;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>The service with its database, broker and neighbours in one test; it is noon of a Wednesday until the test moves the clock.</summary>
internal sealed class Town : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    public static readonly JsonSerializerOptions Json = JsonOptions();

    /// <summary>A unified social credit code of the reference data.</summary>
    public const string Uscc = "91310115MA1K3BTP2B";

    private readonly Guid owner = Guid.CreateVersion7();
    private readonly Guid officer = Guid.CreateVersion7();

    private readonly (string Key, string? Value)[] settings;
    private readonly Lazy<Task> acquainted;

    private Town(TestDatabase database, HealthCodeOffice office, Heard heard, (string Key, string? Value)[] settings)
    {
        (Database, Office, Heard, this.settings) = (database, office, heard, settings);
        App = Replica();
        acquainted = new(AcquaintAsync);
    }

    public TestDatabase Database { get; }

    public HealthCodeOffice Office { get; }

    public Heard Heard { get; }

    public MovableClock Clock { get; } = new(Noon);

    public CityApp<Program> App { get; }

    public static async Task<Town> CreateAsync(CityServers servers, params (string Key, string? Value)[] settings)
    {
        var database = await TestDatabase.CreateAsync<PlaceRegistrationDb>(servers);
        var office = await HealthCodeOffice.OpenAsync();
        var broker = await servers.BrokerSettingsAsync();
        var heard = await Heard.ListenAsync(broker, typeof(ExposureDetected), typeof(ExposureWithdrawn), typeof(VisitsCounted));
        return new Town(database, office, heard,
        [
            .. broker, .. office.Settings, ("ConnectionStrings:place-registration-db", database.ConnectionString),
            ("PersonalData:Key", "tests-only-tests-only-tests-only-tests-only"),
            // The colour of this moment, where a test does not ask for what is remembered.
            ("Visits:StatusLifetime", "00:00:00"), ("Visits:CountInterval", "00:00:00.1"), ("Visits:UpkeepInterval", "00:00:00.1"), TracePolicy("plain"), .. settings,
        ]);
    }

    /// <summary>
    /// The trace policy to go by. <c>plain</c>, which a town has unless told otherwise: every minute together counts as one, nothing lingers, and everybody is
    /// told at once; <c>weighted</c>: everything that a policy can say is said.
    /// </summary>
    public static (string Key, string? Value) TracePolicy(string name) => ("Tracing:PolicyFolder", Path.Combine(AppContext.BaseDirectory, "TracePolicies", name));

    /// <summary>Another process of the service, on the same database and broker.</summary>
    public CityApp<Program> Replica() => new("place-registration", Clock, settings);

    /// <summary>A citizen with a health code.</summary>
    public (Guid Account, Guid CitizenId) Citizen(Wire.CodeColor color = Wire.CodeColor.Green)
    {
        var account = Guid.CreateVersion7();
        return (account, Office.Register(account, color));
    }

    public HttpClient Owner() => App.As(owner, Roles.VenueOperator);

    public HttpClient Officer() => App.As(officer, Roles.HealthOfficer);

    /// <summary>A place that the department has approved.</summary>
    public async Task<OwnPlace> PlaceAsync(
        PlaceType type = PlaceType.Shop, double latitude = 31.234, double longitude = 121.478, int capacity = 50, Guid? partOf = null, bool rotatesCode = false,
        Ventilation ventilation = Ventilation.Unknown)
    {
        await acquainted.Value;
        using var client = Owner();
        var place = await SendAsync<OwnPlace>(
            client, HttpMethod.Post, "places",
            new PlaceRequest($"A {type}", type, "1 Long Street", new GeoPosition(latitude, longitude), capacity, Uscc, partOf, RotatesCode: rotatesCode, Ventilation: ventilation), HttpStatusCode.Created);
        return await ApproveAsync(place);
    }

    public async Task<OwnPlace> ApproveAsync(OwnPlace place)
    {
        using var client = Officer();
        await SendAsync<DecisionAnswer>(client, HttpMethod.Post, "places/decisions", new DecisionRequest([place.PlaceId], true));
        return place with { State = PlaceState.Approved };
    }

    public Task<CheckInAnswer> CheckInAsync(
        Guid account, OwnPlace place, DateTimeOffset? at = null, DateTimeOffset? until = null, Guid? key = null) =>
        CheckInAsync<CheckInAnswer>(account, new CheckInRequest(place.Code, null, at, until), HttpStatusCode.OK, key);

    public async Task<T> CheckInAsync<T>(Guid account, CheckInRequest request, HttpStatusCode expected, Guid? key = null)
    {
        using var client = App.As(account, Roles.Citizen);
        return await SendAsync<T>(client, HttpMethod.Post, "check-ins", request, expected, key);
    }

    public async Task<VisitView> CheckOutAsync(Guid account, Guid visitId, DateTimeOffset? at = null)
    {
        using var client = App.As(account, Roles.Citizen);
        return await SendAsync<VisitView>(client, HttpMethod.Post, $"check-ins/{visitId}/check-out", new CheckOutRequest(at));
    }

    public async Task<BatchAnswer> HandInAsync(Guid account, params StayLine[] stays)
    {
        using var client = App.As(account, Roles.Citizen);
        return await SendAsync<BatchAnswer>(client, HttpMethod.Post, "check-ins/batch", new BatchRequest(stays));
    }

    public async Task<T> GetAsync<T>(HttpClient client, string path, HttpStatusCode expected = HttpStatusCode.OK) =>
        await SendAsync<T>(client, HttpMethod.Get, path, body: null, expected);

    /// <summary>Sends with a new Idempotency-Key, or the one given, and reads the answer.</summary>
    public async Task<T> SendAsync<T>(
        HttpClient client, HttpMethod method, string path, object? body, HttpStatusCode expected = HttpStatusCode.OK, Guid? key = null)
    {
        using var request = new HttpRequestMessage(method, $"/place-registration/v1/{path}");
        request.Headers.Add(IdempotencyKey.Header, (key ?? Guid.CreateVersion7()).ToString());
        if (body is not null) request.Content = JsonContent.Create(body, options: Json);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonSerializer.Deserialize<T>(text, Json)!;
    }

    /// <summary>The health department confirms a case, infectious from two days before the town's time until two days after unless said otherwise.</summary>
    public async Task<CaseConfirmed> ConfirmAsync(Guid citizenId, DateTimeOffset? from = null, DateTimeOffset? until = null, Guid? caseId = null)
    {
        var now = Clock.GetUtcNow();
        var confirmed = new CaseConfirmed(caseId ?? Guid.CreateVersion7(), citizenId, null, now, from ?? now.AddDays(-2), until ?? now.AddDays(2), now);
        await PublishAsync(confirmed);
        return confirmed;
    }

    /// <summary>Returns once the event has been dealt with.</summary>
    public async Task PublishAsync<T>(T message) where T : class
    {
        var id = Guid.CreateVersion7();
        await (await App.Services.ListeningBusAsync()).Publish(message, context => context.MessageId = id);
        await Eventually.Async(async () => await Database.ScalarAsync<long>($"SELECT count(*) FROM messaging.inbox WHERE message_id = '{id}'") > 0);
    }

    public Task WithdrawAsync(CaseConfirmed confirmed) =>
        PublishAsync(new CaseWithdrawn(confirmed.CaseId, confirmed.CitizenId, null, confirmed.OnsetAt, Clock.GetUtcNow()));

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Heard.DisposeAsync();
        await Office.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>The first token and the first connection take, on a busy machine, longer than the deadline allows.</summary>
    private async Task AcquaintAsync()
    {
        var healthCodes = App.Services.GetRequiredService<Wire.HealthCodes.HealthCodesClient>();
        await Eventually.Async(async () =>
        {
            try
            {
                await healthCodes.GetStatusAsync(new Wire.GetStatusRequest());
                return true;
            }
            catch (RpcException fault)
            {
                return fault.StatusCode == StatusCode.NotFound;
            }
        });
        Office.Asked.Clear();
    }

    private static JsonSerializerOptions JsonOptions()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ServiceDefaultsExtensions.Configure(json);
        // Answers leave out what is null.
        json.RespectRequiredConstructorParameters = false;
        return json;
    }
}

/// <summary>A problem, as far as tests look at it.</summary>
internal sealed record Problem(string Code, int Status, string? Detail, IReadOnlyList<FieldError>? Errors);

/// <summary>One field that is wrong.</summary>
internal sealed record FieldError(string? Field, string Code);

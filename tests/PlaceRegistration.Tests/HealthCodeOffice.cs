using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>The other department, as its contract describes it, behind real HTTP/2: who is who, in which colour; and the identity provider's tokens for services.</summary>
internal sealed class HealthCodeOffice : HealthCodes.HealthCodesBase, IAsyncDisposable
{
    private readonly WebApplication app;

    private HealthCodeOffice()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        app = builder.Build();
        app.MapGrpcService<HealthCodeOffice>();
        app.MapGrpcService<Scanned>();
        app.MapGet("/.well-known/openid-configuration", (HttpRequest request) => TestTokens.Discovery($"http://{request.Host}/keys"));
        app.MapGet("/keys", TestTokens.Keys);
        app.MapPost("/connect/token", (HttpRequest request) => new
        {
            access_token = TestTokens.Service(request.Form["client_id"]!, request.Form["audience"]!, request.Form["scope"]!), expires_in = 600,
        });
    }

    public ConcurrentDictionary<Guid, (Guid CitizenId, CodeColor Color)> Persons { get; } = new();

    /// <summary>Who has an ID card, by number.</summary>
    public ConcurrentDictionary<string, Guid> Cards { get; } = new();

    /// <summary>When a person was last sampled with a negative result.</summary>
    public ConcurrentDictionary<Guid, DateTimeOffset> Samples { get; } = new();

    /// <summary>Grows with every change of a colour.</summary>
    public ConcurrentDictionary<Guid, long> Versions { get; } = new();

    /// <summary>What the office says instead of an answer.</summary>
    public StatusCode? Fault { get; set; }

    /// <summary>Everything that was asked, with the caller's token.</summary>
    public ConcurrentQueue<(GetStatusRequest Request, string? Authorization)> Asked { get; } = new();

    public (string Key, string? Value)[] Settings
    {
        get
        {
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
            return [("services:health-code:grpc:0", addresses[0]), ("Auth:Authority", addresses[1]), ("Auth:TokenEndpoint", $"{addresses[1]}/connect/token"), ("Clients:Secret", "secret")];
        }
    }

    public static async Task<HealthCodeOffice> OpenAsync()
    {
        var office = new HealthCodeOffice();
        await office.app.StartAsync();
        return office;
    }

    /// <summary>Somebody registers; what their QR code says is <c>code of {account}</c>.</summary>
    public Guid Register(Guid account, CodeColor color = CodeColor.Green)
    {
        var citizenId = Guid.CreateVersion7();
        Persons[account] = (citizenId, color);
        return citizenId;
    }

    public void Paint(Guid account, CodeColor color)
    {
        var citizenId = Persons[account].CitizenId;
        Persons[account] = (citizenId, color);
        Versions.AddOrUpdate(citizenId, 2, (_, version) => version + 1);
    }

    /// <summary>The real office's answer to a status stands until <see cref="ValidUntil"/>.</summary>
    public DateTimeOffset ValidUntil { get; set; } = DateTimeOffset.MaxValue.AddDays(-1);

    public override Task<GetStatusReply> GetStatus(GetStatusRequest request, ServerCallContext context)
    {
        Asked.Enqueue((request, context.RequestHeaders.GetValue("authorization")));
        if (Fault is { } fault) throw new RpcException(new Status(fault, "as the test wants"));

        var account = request.HasCredential && request.Credential.StartsWith("code of ", StringComparison.Ordinal) ? request.Credential["code of ".Length..] : request.AccountId;
        if (request.HasCitizenId) account = Persons.FirstOrDefault(one => one.Value.CitizenId.ToString() == request.CitizenId).Key.ToString();
        if (!Guid.TryParse(account, out var id) || !Persons.TryGetValue(id, out var person)) throw new RpcException(new Status(StatusCode.NotFound, "citizen_unknown"));
        return Task.FromResult(new GetStatusReply
        {
            CitizenId = person.CitizenId.ToString(),
            Color = person.Color,
            ValidUntil = Timestamp.FromDateTimeOffset(ValidUntil),
            Version = Versions.GetValueOrDefault(person.CitizenId, 1),
            LastNegativeSampleAt = Samples.TryGetValue(person.CitizenId, out var sampledAt) ? Timestamp.FromDateTimeOffset(sampledAt) : null,
        });
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>Whom scans are of.</summary>
    private sealed class Scanned(HealthCodeOffice office) : ScannedPersons.ScannedPersonsBase
    {
        public override Task<FindPersonsReply> FindPersons(FindPersonsRequest request, ServerCallContext context)
        {
            if (office.Fault is { } fault) throw new RpcException(new Status(fault, "as the test wants"));
            return Task.FromResult(new FindPersonsReply { Persons = { request.Persons.Select(Find) } });
        }

        private FoundPerson Find(ScannedPerson scan) => scan.PersonCase switch
        {
            ScannedPerson.PersonOneofCase.CitizenNumber => office.Cards.TryGetValue(scan.CitizenNumber, out var account)
                ? new FoundPerson { CitizenId = office.Persons[account].CitizenId.ToString() } : new FoundPerson { Fault = "citizen_unknown" },
            ScannedPerson.PersonOneofCase.Credential => scan.Credential.StartsWith("code of ", StringComparison.Ordinal)
                && office.Persons.TryGetValue(Guid.Parse(scan.Credential["code of ".Length..]), out var person)
                    ? new FoundPerson { CitizenId = person.CitizenId.ToString() } : new FoundPerson { Fault = "credential_invalid" },
            _ => new FoundPerson { Fault = "person_missing" },
        };
    }
}

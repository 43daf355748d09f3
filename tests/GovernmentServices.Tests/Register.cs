using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmartCity.EarlyWarning.Contracts.V1;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>The city's register of persons, as its contract describes it, behind real HTTP/2; and the identity provider's tokens for services.</summary>
internal sealed class Register : PersonalRecords.PersonalRecordsBase, IAsyncDisposable
{
    private readonly WebApplication app;

    private Register()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        builder.Services.AddSingleton(Cockpit);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        app = builder.Build();
        app.MapGrpcService<Register>();
        app.MapGrpcService<CityFigures>();
        app.MapPost("/connect/token", (HttpRequest request) => new
        {
            access_token = TestTokens.Service(request.Form["client_id"]!, request.Form["audience"]!, request.Form["scope"]!), expires_in = 600,
        });
    }

    public CityFigures Cockpit { get; } = new();

    /// <summary>What the register says instead of an answer.</summary>
    public StatusCode? Fault { get; set; }

    public ConcurrentQueue<GetPersonalRecordRequest> Asked { get; } = new();

    public (string Key, string? Value)[] Settings
    {
        get
        {
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
            return [("services:health-code:grpc:0", addresses[0]), ("services:early-warning:grpc:0", addresses[0]), ("Auth:TokenEndpoint", $"{addresses[1]}/connect/token"), ("Clients:Secret", "secret")];
        }
    }

    private ConcurrentDictionary<Guid, GetPersonalRecordReply> Persons { get; } = new();

    public static async Task<Register> OpenAsync()
    {
        var register = new Register();
        await register.app.StartAsync();
        return register;
    }

    public void Add(Guid account, string name = "李雷", string birthDate = "1985-02-03", string number = "310101198502030019") => Persons[account] = new GetPersonalRecordReply
    {
        CitizenId = Guid.NewGuid().ToString(), Name = name, CitizenNumber = number, Phone = "13800001111", BirthDate = birthDate, Sex = Sex.Male, HomeCell = "3123N12147E",
    };

    public override Task<GetPersonalRecordReply> GetPersonalRecord(GetPersonalRecordRequest request, ServerCallContext context)
    {
        Asked.Enqueue(request);
        if (Fault is { } fault) throw new RpcException(new Status(fault, "as the test wants"));
        return Task.FromResult(Persons.TryGetValue(Guid.Parse(request.AccountId), out var person) ? person : throw new RpcException(new Status(StatusCode.NotFound, "not_registered")));
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>The figures of the city's days, as their contract describes them.</summary>
internal sealed class CityFigures : Figures.FiguresBase
{
    /// <summary>By day; of others nothing is known.</summary>
    public ConcurrentDictionary<string, DailyFigures> Days { get; } = new();

    /// <summary>What is said instead of an answer.</summary>
    public StatusCode? Fault { get; set; }

    public override Task<DailyFigures> GetDaily(GetDailyRequest request, ServerCallContext context) =>
        Fault is { } fault ? throw new RpcException(new Status(fault, "as the test wants")) : Task.FromResult(Days.GetValueOrDefault(request.Date, new DailyFigures { Date = request.Date }));
}

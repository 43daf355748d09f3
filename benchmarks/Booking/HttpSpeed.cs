using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.Benchmarks.Booking;

/// <summary>The same over HTTP, tokens checked: the service's own endpoint against one that runs the plain statement, in the same process and on the same pool.</summary>
internal static class HttpSpeed
{
    private const int Connections = 256;
    private const int Accounts = 30_000;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(CityServers servers, TestDatabase database)
    {
        await Plain.CreateTablesAsync(database);
        await using var app = new CityApp<BookingEngine>(
            "government-services", clock: null,
            [
                .. await servers.BrokerSettingsAsync(),
                ("ConnectionStrings:government-services-db", new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 100 }.ConnectionString),
                ("PersonalData:Key", "a key for benchmarks, with thirty-two characters or more"), ("Clients:Secret", "unused"),
                // Nobody is there: bookings need neither of them.
                ("services:health-code:grpc:0", "http://127.0.0.1:9"), ("services:early-warning:grpc:0", "http://127.0.0.1:9"),
            ]);
        await using var withPlain = app.WithWebHostBuilder(host => host.ConfigureTestServices(services => services.AddSingleton<IStartupFilter>(new PlainEndpoint())));
        withPlain.UseKestrel(0);
        var address = withPlain.CreateClient().BaseAddress!;
        var tokens = Enumerable.Range(0, Accounts).AsParallel().Select(_ => TestTokens.Person(Guid.NewGuid(), "government-services", Roles.Citizen)).ToArray();
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { BaseAddress = address };

        async Task<double> RoundAsync(string path) => await Measure.RateAsync(Connections, Time, async n =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[n % Accounts]);
            using var response = await http.SendAsync(request);
            return n < Accounts && response.IsSuccessStatusCode;
        });

        var (plain, ours) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Measure.Rounds; round++)
        {
            var rates = (
                Plain: await RoundAsync($"/plain?item={await Plain.OfferAsync(database)}"),
                Ours: await RoundAsync($"/government-services/v1/bookables/{(await LedgerSpeed.OfferAsync(database)).Id}/bookings"));
            // One person's limit holds over all items: the next round begins without these.
            await database.ExecuteAsync("TRUNCATE bookings CASCADE; TRUNCATE plain_bookings");
            if (round == 0) continue;
            plain.Add(rates.Plain);
            ours.Add(rates.Ours);
        }

        Measure.Print($"Over HTTP, {Connections} connections", Measure.Median(ours) / Measure.Median(plain), 5, $"{Measure.Median(ours):F0}/s against {Measure.Median(plain):F0}/s");
    }

    /// <summary>Before everything else in the pipeline, so that it does less than the real one, not more.</summary>
    private sealed class PlainEndpoint : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Map("/plain", branch => branch.Run(async context =>
            {
                var signedIn = await context.AuthenticateAsync();
                var account = Guid.Parse(signedIn.Principal!.FindFirstValue(CityClaims.Subject)!);
                await using var connection = await context.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(context.RequestAborted);
                var booked = await Plain.BookAsync(connection, Guid.Parse(context.Request.Query["item"]!), account);
                context.Response.StatusCode = booked ? StatusCodes.Status200OK : StatusCodes.Status409Conflict;
                await context.Response.WriteAsJsonAsync(new { account, booked }, context.RequestAborted);
            }));
            next(app);
        };
    }
}

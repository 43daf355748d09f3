using System.Net;
using System.Text.Json;
using Npgsql;
using SmartCity.GovernmentServices.Features.Booking;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>Everybody at once, on two replicas.</summary>
public sealed class BookingRushTests(CityServers servers)
{
    [Fact]
    public async Task Of_hundreds_who_ask_twice_at_once_exactly_as_many_get_in_as_there_are_places()
    {
        const int people = 250, capacity = 20;
        await using var city = await GovernmentCity.StartAsync(servers);
        var replicas = await city.TwoReplicasAsync();
        var slot = await city.OfferAsync(capacity: capacity);
        var path = $"/bookables/{slot.Id}/bookings";

        var answers = await Task.WhenAll(Enumerable.Range(0, people).SelectMany(_ =>
        {
            var account = Guid.NewGuid();
            return replicas.Select(replica => AskAsync(replica.As(account, Roles.Citizen), account, path));
        }));

        var confirmed = answers.Where(answer => answer.BookingId is not null).ToLookup(answer => answer.Account, answer => answer.BookingId);
        confirmed.Count.ShouldBe(capacity);
        confirmed.ShouldAllBe(person => person.Distinct().Count() == 1 && person.Count() == replicas.Length);
        answers.Where(answer => answer.BookingId is null).ShouldAllBe(answer => answer.Code == "booked_out");
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM bookings")).ShouldBe(capacity);
        (await city.Database.ScalarAsync<int>("SELECT booked FROM bookables")).ShouldBe(capacity);
    }

    [Fact]
    public async Task Places_given_back_in_the_middle_of_a_rush_are_neither_lost_nor_sold_twice()
    {
        const int people = 60, capacity = 5, rounds = 4;
        await using var city = await GovernmentCity.StartAsync(servers);
        var replicas = await city.TwoReplicasAsync();
        var slot = await city.OfferAsync(capacity: capacity);

        var codes = await Task.WhenAll(Enumerable.Range(0, people).Select(async n =>
        {
            var (account, refusals) = (Guid.NewGuid(), new List<string?>());
            var citizen = replicas[n % replicas.Length].As(account, Roles.Citizen);
            for (var round = 0; round < rounds; round++)
            {
                var answer = await AskAsync(citizen, account, $"/bookables/{slot.Id}/bookings");
                refusals.Add(answer.Code);
                if (answer.BookingId is null) continue;
                // Twice at once: the place must come free once.
                var cancelled = await Task.WhenAll(replicas.Select(replica =>
                    replica.As(account, Roles.Citizen).DeleteAsync($"{GovernmentCity.Path}/bookings/{answer.BookingId}")));
                cancelled.ShouldAllBe(response => response.StatusCode == HttpStatusCode.NoContent);
            }

            return refusals;
        }));

        codes.SelectMany(code => code).Where(code => code is not null).ShouldAllBe(code => code == "booked_out");
        (await city.Database.ScalarAsync<int>("SELECT booked FROM bookables")).ShouldBe(0);
        (await city.Database.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE ended_at IS NULL")).ShouldBe(0);
        var afterwards = await Task.WhenAll(Enumerable.Range(0, capacity + 1).Select(_ => AskAsync(city.Citizen(), Guid.Empty, $"/bookables/{slot.Id}/bookings")));
        afterwards.Count(answer => answer.BookingId is not null).ShouldBe(capacity);
        await city.CountsShouldEqualRowsAsync();
    }

    [Fact]
    public async Task One_person_who_books_everywhere_at_once_gets_no_more_than_allowed()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (account, slots) = (Guid.NewGuid(), new List<BookableView>());
        for (var n = 0; n < 12; n++) slots.Add(await city.OfferAsync());
        var replicas = await city.TwoReplicasAsync();

        // All writers are open, and none can write until all want to.
        foreach (var slot in slots) await AskAsync(city.Citizen(), Guid.Empty, $"/bookables/{slot.Id}/bookings");
        await using var gate = await city.Database.Source.OpenConnectionAsync();
        await using var shut = await gate.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("LOCK TABLE bookings IN SHARE MODE", gate, shut)) await hold.ExecuteNonQueryAsync();
        var asking = Task.WhenAll(slots.Select((slot, n) =>
            AskAsync(replicas[n % replicas.Length].As(account, Roles.Citizen), account, $"/bookables/{slot.Id}/bookings")));
        await Eventually.Async(async () => await city.Database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == slots.Count);
        await shut.CommitAsync();
        var answers = await asking;

        answers.Count(answer => answer.BookingId is not null).ShouldBe(2);
        answers.Count(answer => answer.Code == "booking_limit_reached").ShouldBe(slots.Count - 2);
        await city.CountsShouldEqualRowsAsync();
    }

    private static async Task<Answer> AskAsync(HttpClient client, Guid account, string path)
    {
        using var response = await client.PostAsync(GovernmentCity.Path + path, null);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return response.IsSuccessStatusCode
            ? new Answer(account, body.RootElement.GetProperty("id").GetGuid(), null)
            : new Answer(account, null, body.RootElement.GetProperty("code").GetString());
    }

    private sealed record Answer(Guid Account, Guid? BookingId, string? Code);
}

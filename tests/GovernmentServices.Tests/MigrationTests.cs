using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SmartCity.GovernmentServices.Data;
using SmartCity.Messaging;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class MigrationTests(CityServers servers)
{
    [Fact]
    public async Task What_was_booked_as_a_slot_is_still_booked()
    {
        await using var database = await TestDatabase.CreateEmptyAsync(servers);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:government-services-db"] = database.ConnectionString;
        builder.AddDatabase<GovernmentServicesDb>("government-services-db");
        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        var migrator = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>().Database.GetService<IMigrator>();
        await migrator.MigrateAsync("ReportChannels");
        await database.ExecuteAsync("""
            INSERT INTO slots (id, department, service, place, starts_at, ends_at, capacity, booked, officer_id, offer_key, request_hash)
            SELECT gen_random_uuid(), 'health-commission', 'counter', 'Gate ' || n, now() + interval '1 day', now() + interval '2 days', 9, 1, gen_random_uuid(), gen_random_uuid(), ''
            FROM generate_series(1, 2) AS n;
            INSERT INTO bookings (id, slot_id, account_id, actor_id, booked_at, cancelled_at)
            SELECT gen_random_uuid(), id, '01954c2a-5b80-7cc1-9d54-3a1f0a3f7e11', '01954c2a-5b80-7cc1-9d54-3a1f0a3f7e11', now(), ended
            FROM slots, (VALUES (NULL::timestamptz), (now())) AS n (ended)
            """);

        await migrator.MigrateAsync();

        (await database.ScalarAsync<string>("""
            SELECT string_agg(concat_ws(' ', b.place, b.kind, b.mode, k.state, k.quantity, k.service, k.ordinal, k.ended_at IS NULL), ', ' ORDER BY k.state, k.ordinal)
            FROM bookings k JOIN bookables b ON b.id = k.bookable_id WHERE k.ends_at = b.ends_at AND k.channel = 'Online' AND k.ended_at IS NULL
            """)).ShouldMatch("^Gate [12] Slot FirstCome Booked 1 counter 1 t, Gate [12] Slot FirstCome Booked 1 counter 2 t$");
        (await database.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE state = 'Cancelled' AND ordinal IS NULL AND ended_at IS NOT NULL")).ShouldBe(2);
    }
}

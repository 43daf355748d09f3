using System.Net;
using System.Net.Http.Headers;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Booking;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class BookingTests(CityServers servers)
{
    [Fact]
    public async Task A_slot_shows_to_everybody_what_remains()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var slot = await city.OfferAsync(capacity: 3);
        await city.Citizen().PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);

        using var response = await city.Anyone("zh-CN").GetAsync($"{GovernmentCity.Path}/bookables?service=nucleic-acid-test");

        response.Headers.CacheControl.ShouldBe(new CacheControlHeaderValue { Public = true, MaxAge = TimeSpan.FromSeconds(2) });
        var shown = (await response.OfAsync<Page<BookableView>>()).Items.ShouldHaveSingleItem();
        shown.ShouldBe(slot with { ServiceName = "核酸检测", DepartmentName = "卫生健康委员会", Remaining = 2 });
    }

    [Fact]
    public async Task Slots_are_paged_in_the_order_of_their_start_and_past_ones_are_left_out()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var starts = new[] { 5, 1, 3, 3, 2 };
        foreach (var hours in starts) await city.OfferAsync(startsIn: TimeSpan.FromHours(hours));
        await city.OfferAsync(service: "counter", startsIn: TimeSpan.FromHours(4));
        city.Clock.Advance(TimeSpan.FromHours(1.5));

        var (seen, after) = (new List<BookableView>(), "");
        do
        {
            var page = await city.Anyone().ReadAsync<Page<BookableView>>($"/bookables?service=nucleic-acid-test&limit=2{after}");
            seen.AddRange(page.Items);
            after = page.Next is { } next ? $"&after={next}" : null;
        }
        while (after is not null);

        seen.Select(slot => (slot.StartsAt - GovernmentCity.Start).TotalHours).ShouldBe([2, 3, 3, 5]);
        seen.Select(slot => slot.Id).ShouldBeUnique();
        var later = await city.Anyone().ReadAsync<Page<BookableView>>($"/bookables?from={Uri.EscapeDataString("2022-03-01T20:00:00+08:00")}");
        later.Items.Select(slot => slot.Service).ShouldBe(["counter", "nucleic-acid-test"]);
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/bookables?after={Guid.NewGuid()}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cursor_invalid");
    }

    [Fact]
    public async Task An_offer_that_is_sent_twice_is_one_slot()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (officer, key) = (city.Officer(), Guid.NewGuid());

        var first = await officer.PostedAsync<BookableView>("/bookables", Bookables.Offer(), key);
        var second = await officer.PostedAsync<BookableView>("/bookables", Bookables.Offer(), key);

        second.ShouldBe(first);
        await (await officer.PostJsonAsync("/bookables", Bookables.Offer(capacity: 9), key)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Theory]
    [InlineData("haircut", 1, 2, "service_unknown")]
    [InlineData("counter", 0, 1, "start_invalid")]
    [InlineData("counter", 24 * 367, 24 * 367 + 1, "start_invalid")]
    [InlineData("counter", 2, 2, "end_invalid")]
    [InlineData("counter", 2, 27, "end_invalid")]
    public async Task An_offer_that_cannot_be_kept_is_refused(string service, int startsIn, int endsIn, string code)
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var offer = Bookables.Offer(service) with { StartsAt = GovernmentCity.Start.AddHours(startsIn), EndsAt = GovernmentCity.Start.AddHours(endsIn) };

        await (await city.Officer().PostJsonAsync("/bookables", offer)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Booking_again_finds_the_same_booking_also_when_the_slot_is_full_or_has_started()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var slot = await city.OfferAsync(capacity: 1);
        var (citizen, path) = (city.Citizen(), $"/bookables/{slot.Id}/bookings");

        var booked = await citizen.PostedAsync<BookingView>(path, null);

        (await citizen.PostedAsync<BookingView>(path, null)).ShouldBe(booked);
        city.Clock.Set(slot.StartsAt);
        (await citizen.PostedAsync<BookingView>(path, null)).ShouldBe(booked);
        (await citizen.ReadAsync<Page<BookingView>>("/me/bookings")).Items.ShouldBe([booked]);
    }

    [Fact]
    public async Task A_full_slot_and_a_slot_that_has_started_take_nobody()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var slot = await city.OfferAsync(capacity: 1);
        var path = $"/bookables/{slot.Id}/bookings";
        await city.Citizen().PostedAsync<BookingView>(path, null);

        await (await city.Citizen().PostJsonAsync(path, null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booked_out");
        city.Clock.Set(slot.StartsAt);
        await (await city.Citizen().PostJsonAsync(path, null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booking_closed");
        await (await city.Citizen().PostJsonAsync($"/bookables/{Guid.NewGuid()}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_cancelled_place_is_free_for_somebody_else_and_cancelling_twice_is_cancelling_once()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var slot = await city.OfferAsync(capacity: 1);
        var (first, second) = (city.Citizen(), city.Citizen());
        var booking = await first.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);

        (await first.DeleteAsync($"{GovernmentCity.Path}/bookings/{booking.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await second.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);
        (await first.DeleteAsync($"{GovernmentCity.Path}/bookings/{booking.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await (await first.PostJsonAsync($"/bookables/{slot.Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booked_out");
        (await first.ReadAsync<Page<BookingView>>("/me/bookings")).Items.ShouldBeEmpty();
        await city.CountsShouldEqualRowsAsync();
    }

    [Fact]
    public async Task Nobody_cancels_another_persons_booking_or_one_whose_slot_has_started()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var slot = await city.OfferAsync();
        var citizen = city.Citizen();
        var booking = await citizen.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);

        await (await city.Citizen().DeleteAsync($"{GovernmentCity.Path}/bookings/{booking.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        city.Clock.Set(slot.StartsAt);
        await (await citizen.DeleteAsync($"{GovernmentCity.Path}/bookings/{booking.Id}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booking_closed");
    }

    [Fact]
    public async Task A_proxy_books_for_the_person_who_then_sees_the_booking()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (person, proxy) = (Guid.NewGuid(), Guid.NewGuid());
        var slot = await city.OfferAsync();

        var booking = await city.App.With(TestTokens.Person(person, "government-services", department: null, proxy, Roles.Proxy))
            .PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);

        (await city.Citizen(person).ReadAsync<Page<BookingView>>("/me/bookings")).Items.ShouldBe([booking]);
        (await city.Database.ScalarAsync<Guid>("SELECT actor_id FROM bookings")).ShouldBe(proxy);
    }

    [Fact]
    public async Task One_person_holds_no_more_open_bookings_of_a_service_than_allowed()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Citizen();
        BookableView[] slots = [await city.OfferAsync(), await city.OfferAsync(), await city.OfferAsync(startsIn: TimeSpan.FromDays(3))];
        var other = await city.OfferAsync(service: "vaccination");
        foreach (var slot in slots[..2]) await citizen.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);

        await (await citizen.PostJsonAsync($"/bookables/{slots[2].Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booking_limit_reached");
        await citizen.PostedAsync<BookingView>($"/bookables/{other.Id}/bookings", null);
        city.Clock.Set(slots[0].EndsAt);
        await citizen.PostedAsync<BookingView>($"/bookables/{slots[2].Id}/bookings", null);
    }

    [Fact]
    public async Task My_bookings_are_paged_the_latest_first()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var citizen = city.Citizen();
        var made = new List<Guid>();
        foreach (var service in new[] { "counter", "vaccination", "nucleic-acid-test" })
        {
            city.Clock.Advance(TimeSpan.FromMinutes(1));
            made.Add((await citizen.PostedAsync<BookingView>($"/bookables/{(await city.OfferAsync(service: service)).Id}/bookings", null)).Id);
        }

        var first = await citizen.ReadAsync<Page<BookingView>>("/me/bookings?limit=2");
        var second = await citizen.ReadAsync<Page<BookingView>>($"/me/bookings?limit=2&after={first.Next}");

        first.Items.Concat(second.Items).Select(booking => booking.Id).ShouldBe(Enumerable.Reverse(made));
    }
}

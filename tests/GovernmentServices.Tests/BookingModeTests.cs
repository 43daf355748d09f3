using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using SmartCity.Draw;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.GovernmentServices.Features.Booking;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class BookingModeTests(CityServers servers)
{
    private static readonly OfferBookableRequest Masks = Bookables.Offer("masks", 2) with { Kind = BookableKind.Stock };

    [Fact]
    public async Task A_hold_that_is_not_confirmed_in_time_goes_to_who_waits()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var stock = await city.OfferAsync(Masks with { Capacity = 1, HoldMinutes = 15 });
        var (first, second, third) = (city.Citizen(), city.Citizen(), city.Citizen());

        var held = await first.PostedAsync<BookingView>($"/bookables/{stock.Id}/bookings", null);
        held.ShouldSatisfyAllConditions(() => held.State.ShouldBe(BookingState.Held), () => held.HeldUntil.ShouldBe(GovernmentCity.Start.AddMinutes(15)));
        await (await second.PostJsonAsync($"/bookables/{stock.Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booked_out");
        (await second.PostedAsync<BookingView>($"/bookables/{stock.Id}/waiting-list", null)).State.ShouldBe(BookingState.Waiting);
        (await third.PostedAsync<BookingView>($"/bookables/{stock.Id}/waiting-list", null)).State.ShouldBe(BookingState.Waiting);

        city.Clock.Advance(TimeSpan.FromMinutes(16));
        await Eventually.Async(async () => (await MineAsync(second)).State == BookingState.Held);
        await (await first.PostJsonAsync($"/bookings/{held.Id}/confirmation", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "hold_over");
        var called = await MineAsync(second);
        (await second.PostedAsync<BookingView>($"/bookings/{called.Id}/confirmation", null)).State.ShouldBe(BookingState.Booked);
        (await second.PostedAsync<BookingView>($"/bookings/{called.Id}/confirmation", null)).State.ShouldBe(BookingState.Booked);

        await second.DeleteAsync($"{GovernmentCity.Path}/bookings/{called.Id}");
        (await MineAsync(third)).State.ShouldBe(BookingState.Held, "what is given back goes to who waits at once");
        await city.CountsShouldEqualRowsAsync();
    }

    [Fact]
    public async Task Who_does_not_come_makes_room_for_who_waits_and_only_the_department_says_so()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var slot = await city.OfferAsync(capacity: 1);
        var (absent, waiting) = (city.Citizen(), city.Citizen());
        var booking = await absent.PostedAsync<BookingView>($"/bookables/{slot.Id}/bookings", null);
        await waiting.PostedAsync<BookingView>($"/bookables/{slot.Id}/waiting-list", null);
        var path = $"/department/bookings/{booking.Id}/no-show";

        await (await city.Officer().PostJsonAsync(path, null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "not_started");
        city.Clock.Set(slot.StartsAt.AddMinutes(10));
        await (await city.Officer(GovernmentCity.Security).PostJsonAsync(path, null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        (await city.Officer().PostJsonAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await city.Officer().PostJsonAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await MineAsync(waiting)).State.ShouldBe(BookingState.Booked);
        (await absent.ReadAsync<Page<BookingView>>("/me/bookings")).Items.ShouldBeEmpty();
        await city.CountsShouldEqualRowsAsync();
    }

    [Fact]
    public async Task What_is_kept_for_the_hotline_is_not_sold_online_and_is_sold_by_hotline_staff()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var stock = await city.OfferAsync(Masks with { Capacity = 3, PerPerson = 2, Quotas = new QuotasRequest(Phone: 2) });
        var staff = Guid.NewGuid();
        using var setting = await city.App.As(staff, Roles.CounterStaff).PutAsJsonAsync($"{GovernmentCity.Path}/me/assisted-channel", new { channel = "phone" });
        setting.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var wrong = await city.App.As(staff, Roles.CounterStaff).PutAsJsonAsync($"{GovernmentCity.Path}/me/assisted-channel", new { channel = "gridWorker" });
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var path = $"/bookables/{stock.Id}/bookings";
        HttpClient For(Guid person, Guid actor) => city.App.With(TestTokens.Person(person, "government-services", department: null, actor, Roles.Proxy));

        await (await city.Citizen().PostJsonAsync($"{path}?quantity=3", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "too_many_units");
        await (await city.Citizen().PostJsonAsync($"{path}?quantity=2", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booked_out");
        await city.Citizen().PostedAsync<BookingView>(path, null);
        await (await For(Guid.NewGuid(), Guid.NewGuid()).PostJsonAsync(path, null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booked_out");
        (await For(Guid.NewGuid(), staff).PostedAsync<BookingView>($"{path}?quantity=2", null)).Quantity.ShouldBe(2);

        (await city.Database.ScalarAsync<string>("SELECT string_agg(channel, ',' ORDER BY channel) FROM bookings")).ShouldBe("Online,Phone");
        await city.CountsShouldEqualRowsAsync();
    }

    [Fact]
    public async Task A_lottery_is_drawn_as_anyone_can_recompute_from_a_seed_that_was_fixed_before()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var offer = await city.OfferAsync(Masks with { Capacity = 3, Mode = BookingMode.Lottery, DrawAt = GovernmentCity.Start.AddHours(2) });
        var before = await city.Anyone().ReadAsync<DrawView>($"/bookables/{offer.Id}/draw");
        before.ShouldSatisfyAllConditions(() => before.SeedHash.ShouldBe(offer.SeedHash), () => before.Seed.ShouldBeNull(), () => before.EntriesDigest.ShouldBeNull());
        var people = Enumerable.Range(0, 9).Select(_ => city.Citizen()).ToArray();
        var numbers = new List<Guid>();
        foreach (var person in people)
        {
            var entries = await Task.WhenAll(EnterAsync(person, offer.Id), EnterAsync(person, offer.Id));
            entries[0].ShouldBe(entries[1], "entering twice is entering once");
            numbers.Add(entries[0].Number);
        }

        await (await people[0].PostJsonAsync($"/bookables/{offer.Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "lottery_only");
        await (await city.Anyone().GetAsync($"{GovernmentCity.Path}/bookables/{offer.Id}/draw/entries")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
        city.Clock.Set(GovernmentCity.Start.AddHours(2));
        await Eventually.Async(async () => (await city.Anyone().ReadAsync<DrawView>($"/bookables/{offer.Id}/draw")).Seed is not null);

        var draw = await city.Anyone().ReadAsync<DrawView>($"/bookables/{offer.Id}/draw");
        var published = await city.Anyone().GetByteArrayAsync($"{GovernmentCity.Path}/bookables/{offer.Id}/draw/entries");
        var repeated = PublicDraw.Repeat(draw.Seed!, published, before.SeedHash);
        repeated.Digest.ShouldBe(draw.EntriesDigest);
        repeated.Count.ShouldBe(numbers.Count);
        var states = await Task.WhenAll(people.Select(async person => (await person.ReadAsync<Page<BookingView>>("/me/bookings")).Items is [var booking] ? booking.State : (BookingState?)null));
        numbers.Where((_, index) => states[index] == BookingState.Booked).ShouldBe(repeated.First(3), ignoreOrder: true);
        numbers.Where((_, index) => states[index] == BookingState.Waiting).ShouldBe(repeated.First(6).Skip(3), ignoreOrder: true);
        using var late = await city.Citizen().PutAsync($"{GovernmentCity.Path}/bookables/{offer.Id}/entry", null);
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await city.CountsShouldEqualRowsAsync();
    }

    [Fact]
    public async Task A_place_in_the_waiting_room_is_kept_through_refreshing_and_leaving_and_its_ticket_is_good_for_its_person_only()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var opens = GovernmentCity.Start.AddMinutes(10);
        var offer = await city.OfferAsync(Masks with { Capacity = 100, Mode = BookingMode.WaitingRoom, OpensAt = opens, AdmitPerSecond = 1 });
        var early = Enumerable.Range(0, 6).Select(_ => city.Citizen()).ToArray();
        foreach (var person in early) (await QueueAsync(person, offer.Id)).Place.ShouldBeNull("the order is drawn when it opens");
        await (await early[0].PostJsonAsync($"/bookables/{offer.Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "not_open_yet");

        city.Clock.Set(opens);
        await Eventually.Async(async () => (await QueueAsync(early[0], offer.Id)).Place is not null);
        var late = city.Citizen();
        var (places, lastPlace) = (await Task.WhenAll(early.Select(person => QueueAsync(person, offer.Id))), await QueueAsync(late, offer.Id));

        places.Select(place => place.Place!.Value).Order().ShouldBe([1, 2, 3, 4, 5, 6]);
        lastPlace.ShouldSatisfyAllConditions(() => lastPlace.Place.ShouldBe(7), () => lastPlace.Admitted.ShouldBeFalse(), () => lastPlace.WaitSeconds.ShouldBe(6));
        (await QueueAsync(late, offer.Id)).ShouldBe(lastPlace, "refreshing loses nothing");
        await (await late.BookWithAsync(offer.Id, lastPlace.Ticket)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "queue_first");
        var first = early[Array.FindIndex(places, place => place.Place == 1)];
        await (await late.BookWithAsync(offer.Id, places.Single(place => place.Place == 1).Ticket)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "queue_first");
        (await first.BookWithAsync(offer.Id, places.Single(place => place.Place == 1).Ticket)).StatusCode.ShouldBe(HttpStatusCode.OK);
        // The five between have all gone home: nobody waits for them.
        city.Clock.Advance(TimeSpan.FromSeconds(6));
        (await late.BookWithAsync(offer.Id, lastPlace.Ticket)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_table_decides_who_may_book_and_ages_and_channels_are_counted_from_ten_people_on()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var offer = await city.OfferAsync(Masks with { Capacity = 50, Eligibility = "elders-first" });
        async Task<HttpClient> BornAsync(int year)
        {
            var person = city.Registered(out _, string.Create(CultureInfo.InvariantCulture, $"{year}-01-01"));
            await (await person.PutJsonAsync("/me/booking-facts", new BookingConsentRequest(Consent: true))).OfAsync<BookingFactsView>();
            return person;
        }

        await (await city.Citizen().PostJsonAsync($"/bookables/{offer.Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booking_facts_missing");
        await (await (await BornAsync(1990)).PostJsonAsync($"/bookables/{offer.Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booking_not_eligible");
        await (await city.Citizen().PutJsonAsync("/me/booking-facts", new BookingConsentRequest(Consent: false))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "consent_missing");
        await (await city.Citizen().PutJsonAsync("/me/booking-facts", new BookingConsentRequest(Consent: true))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "person_not_registered");
        var sorry = await BornAsync(1940);
        (await sorry.ReadAsync<Page<DataUseView>>("/me/data-uses")).Items.ShouldHaveSingleItem().ServiceName.ShouldBe("Booking");
        await sorry.DeleteAsync($"{GovernmentCity.Path}/me/booking-facts");
        await (await sorry.PostJsonAsync($"/bookables/{offer.Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booking_facts_missing");
        for (var n = 0; n < 10; n++) await (await BornAsync(1950)).PostedAsync<BookingView>($"/bookables/{offer.Id}/bookings", null);
        await (await BornAsync(1935)).PostedAsync<BookingView>($"/bookables/{offer.Id}/bookings", null);

        (await city.Officer().ReadAsync<FairnessView>($"/department/bookables/{offer.Id}/fairness")).Rows.ShouldBe(
            [new FairnessRow("60-79", BookingChannel.Online, 10, null), new FairnessRow("80+", BookingChannel.Online, null, null)]);
        await (await city.Officer(GovernmentCity.Security).GetAsync($"{GovernmentCity.Path}/department/bookables/{offer.Id}/fairness"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task What_was_booked_and_refused_in_an_hour_is_told_in_running_totals()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        await using var tap = await BrokerTap<BookingsCounted>.OnAsync(city.Broker);
        var stock = await city.OfferAsync(Masks);
        for (var n = 0; n < 2; n++) await city.Citizen().PostedAsync<BookingView>($"/bookables/{stock.Id}/bookings", null);
        for (var n = 0; n < 3; n++) await (await city.Citizen().PostJsonAsync($"/bookables/{stock.Id}/bookings", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "booked_out");

        await Eventually.Async(() => tap.Events.Any(count => count is { Booked: 2, Refused: 3 }), TimeSpan.FromSeconds(30));
        tap.Events.Last().ShouldBe(new BookingsCounted("masks", "3123N12147E", GovernmentCity.Start, 2, 3, 0, GovernmentCity.Start));
    }

    [Theory]
    [InlineData("per_person_invalid")]
    [InlineData("draw_invalid")]
    [InlineData("admission_invalid")]
    [InlineData("quotas_invalid")]
    [InlineData("opening_invalid")]
    [InlineData("eligibility_unknown")]
    public async Task An_offer_that_contradicts_itself_is_refused(string code)
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var offer = code switch
        {
            "per_person_invalid" => Bookables.Offer() with { PerPerson = 2 },
            "draw_invalid" => Masks with { Mode = BookingMode.Lottery },
            "admission_invalid" => Masks with { AdmitPerSecond = 5 },
            "quotas_invalid" => Masks with { Quotas = new QuotasRequest(1, 1, 1) },
            "opening_invalid" => Masks with { OpensAt = Masks.StartsAt },
            _ => Masks with { Eligibility = "nobody-knows" },
        };

        await (await city.Officer().PostJsonAsync("/bookables", offer)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, code);
    }

    private static async Task<BookingView> MineAsync(HttpClient person) => (await person.ReadAsync<Page<BookingView>>("/me/bookings")).Items.ShouldHaveSingleItem();

    private static async Task<LotteryEntryView> EnterAsync(HttpClient person, Guid bookable)
    {
        using var response = await person.PutAsync($"{GovernmentCity.Path}/bookables/{bookable}/entry", null);
        return await response.OfAsync<LotteryEntryView>();
    }

    private static async Task<QueuePlaceView> QueueAsync(HttpClient person, Guid bookable)
    {
        using var response = await person.PutAsync($"{GovernmentCity.Path}/bookables/{bookable}/queue-place", null);
        return await response.OfAsync<QueuePlaceView>();
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class RegistryTests(CityServers servers)
{
    private const string Header = "number,name,type,address,latitude,longitude,capacity,uscc,partOf,opensAt,closesAt\n";

    [Fact]
    public async Task Nobody_checks_in_before_the_department_has_approved_and_a_changed_type_asks_again()
    {
        await using var town = await Town.CreateAsync(servers);
        var approved = await town.PlaceAsync();
        using var owner = town.Owner();
        using var officer = town.Officer();
        var request = new PlaceRequest("Corner", PlaceType.Restaurant, "2 Short Street", new GeoPosition(31.2, 121.4), 20, $" {Town.Uscc.ToLowerInvariant()} ");
        var place = await town.SendAsync<OwnPlace>(owner, HttpMethod.Post, "places", request, HttpStatusCode.Created);
        (place.State, place.Uscc).ShouldBe((PlaceState.Pending, Town.Uscc));
        var (anna, _) = town.Citizen();

        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code), HttpStatusCode.Conflict)).Code.ShouldBe("place_not_approved");
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code, At: Town.Noon.AddHours(-3)), HttpStatusCode.Conflict)).Code.ShouldBe("place_not_approved");
        (await town.GetAsync<Page<OwnPlace>>(officer, "places/pending")).Items.Select(item => item.PlaceId).ShouldBe([place.PlaceId]);
        using var anyone = town.App.Anyone();
        (await town.GetAsync<Page<PublicPlace>>(anyone, "places")).Items.Select(item => item.PlaceId).ShouldBe([approved.PlaceId]);
        (await town.SendAsync<Problem>(officer, HttpMethod.Post, "places/decisions", new DecisionRequest([place.PlaceId], false), HttpStatusCode.BadRequest)).Code.ShouldBe("note_missing");
        await town.SendAsync<DecisionAnswer>(officer, HttpMethod.Post, "places/decisions", new DecisionRequest([place.PlaceId], false, "The address is wrong."));
        (await town.SendAsync<OwnPlace>(owner, HttpMethod.Put, $"places/{place.PlaceId}", request with { Address = "3 Short Street" })).State.ShouldBe(PlaceState.Pending);
        await town.ApproveAsync(place);
        await town.CheckInAsync(anna, place);

        (await town.SendAsync<OwnPlace>(owner, HttpMethod.Put, $"places/{place.PlaceId}", request with { Capacity = 30 })).State.ShouldBe(PlaceState.Approved);
        (await town.SendAsync<OwnPlace>(owner, HttpMethod.Put, $"places/{place.PlaceId}", request with { Type = PlaceType.Hospital })).State.ShouldBe(PlaceState.Pending);
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code), HttpStatusCode.Conflict)).Code.ShouldBe("place_not_approved");

        foreach (var (wrong, code) in new[]
                 {
                     (request with { Uscc = null }, "uscc_missing"), (request with { Uscc = "91310115MA1K3BTP2C" }, "uscc_invalid"),
                     (request with { OpensAt = new TimeOnly(8, 0) }, "hours_invalid"), (request with { PartOf = Guid.CreateVersion7() }, "parent_unknown"),
                 })
            (await town.SendAsync<Problem>(owner, HttpMethod.Post, "places", wrong, HttpStatusCode.BadRequest)).Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_closed_place_and_one_outside_its_hours_take_nobody_but_history()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        using var owner = town.Owner();
        var (anna, _) = town.Citizen();

        await town.SendAsync<OwnPlace>(owner, HttpMethod.Put, $"places/{place.PlaceId}/closing", new ClosingRequest(true));
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code), HttpStatusCode.Conflict)).Code.ShouldBe("place_closed");
        (await town.CheckInAsync(anna, place, Town.Noon.AddHours(-1))).Decision.ShouldBe(CheckInDecision.Recorded);
        (await town.SendAsync<OwnPlace>(owner, HttpMethod.Put, $"places/{place.PlaceId}/closing", new ClosingRequest(false))).ClosedAt.ShouldBeNull();

        // Noon in the town is 20:00 in China.
        var request = new PlaceRequest(place.Name, place.Type, place.Address, place.Position, 50, OpensAt: new TimeOnly(22, 0), ClosesAt: new TimeOnly(2, 0));
        await town.SendAsync<OwnPlace>(owner, HttpMethod.Put, $"places/{place.PlaceId}", request);
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code), HttpStatusCode.Conflict)).Code.ShouldBe("place_outside_hours");
        town.Clock.Advance(TimeSpan.FromHours(5));
        (await town.CheckInAsync(anna, place)).Decision.ShouldBe(CheckInDecision.Admitted);
    }

    [Fact]
    public async Task A_place_goes_with_its_parts_to_who_accepts_it()
    {
        await using var town = await Town.CreateAsync(servers);
        var campus = await town.PlaceAsync(PlaceType.School);
        var room = await town.PlaceAsync(PlaceType.School, partOf: campus.PlaceId);
        var buyer = Guid.CreateVersion7();
        using var owner = town.Owner();
        using var next = town.App.As(buyer, Roles.VenueOperator);

        (await town.SendAsync<Problem>(next, HttpMethod.Post, $"places/{campus.PlaceId}/acceptance", new AcceptanceRequest(Town.Uscc), HttpStatusCode.NotFound)).Code.ShouldBe("place_unknown");
        (await town.SendAsync<Problem>(owner, HttpMethod.Put, $"places/{room.PlaceId}/offer", new OfferRequest(buyer), HttpStatusCode.Conflict)).Code.ShouldBe("place_is_part");
        await town.SendAsync<OwnPlace>(owner, HttpMethod.Put, $"places/{campus.PlaceId}/offer", new OfferRequest(buyer));
        for (var time = 0; time < 2; time++)
            (await town.SendAsync<OwnPlace>(next, HttpMethod.Post, $"places/{campus.PlaceId}/acceptance", new AcceptanceRequest("91340600MA2PBMA74B"))).State.ShouldBe(PlaceState.Pending);

        (await town.GetAsync<Page<OwnPlace>>(next, "places/mine")).Items.Select(place => (place.PlaceId, place.State)).ShouldBe([(campus.PlaceId, PlaceState.Pending), (room.PlaceId, PlaceState.Pending)], ignoreOrder: true);
        (await town.GetAsync<Page<OwnPlace>>(owner, "places/mine")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Thousands_of_rooms_come_from_a_table_and_every_line_is_answered_once_and_for_all()
    {
        await using var town = await Town.CreateAsync(servers);
        using var owner = town.Owner();
        var table = new StringBuilder(Header).Append(System.Globalization.CultureInfo.InvariantCulture, $"H,\"City Hospital, main\",hospital,1 Health Road,31.2,121.5,3000,{Town.Uscc},,,\n");
        for (var room = 1; room <= 2000; room++) table.Append(System.Globalization.CultureInfo.InvariantCulture, $"H-{room},Room {room},hospital,1 Health Road,31.2,121.5,4,,H,08:00,18:00\n");
        table.Append("X,Nowhere,hospital,1 Road,31.2,121.5,4,,Y,,\n").Append("Z,No code,shop,1 Road,31.2,121.5,4,,,,\n").Append("W,Wrong,palace,1 Road,31.2,121.5,4,,,,\n").Append("V,Far,shop,1 Road,131.2,121.5,4,,H,,\n");

        var first = await ImportAsync(owner, table.ToString());
        var second = await ImportAsync(owner, table.ToString());

        first.Count.ShouldBe(2005);
        first.Take(2001).ShouldAllBe(answer => answer.Outcome == ImportOutcome.Registered);
        first.Skip(2001).Select(answer => (answer.Number, answer.Reason)).ShouldBe([("X", "parent_unknown"), ("Z", "uscc_missing"), ("W", "type_invalid"), ("V", "latitude_invalid")]);
        second.Take(2001).ShouldAllBe(answer => answer.Outcome == ImportOutcome.Existing);
        second.Select(answer => answer.PlaceId).ShouldBe(first.Select(answer => answer.PlaceId));
        using var officer = town.Officer();
        (await town.SendAsync<DecisionAnswer>(officer, HttpMethod.Post, "places/decisions", new DecisionRequest([first[0].PlaceId!.Value], true))).Places.ShouldBe(2001);
        (await town.Database.ScalarAsync<long>($"SELECT count(*) FROM places WHERE state = 'Approved' AND parent_id = '{first[0].PlaceId}' AND uscc = '{Town.Uscc}'")).ShouldBe(2000);
        (await ImportAsync(owner, "number,name\n\"unclosed")).Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("zh-CN", "场所码")]
    [InlineData("en", "Place code")]
    public async Task A_poster_is_in_the_readers_language_and_a_camera_reads_it(string language, string title)
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        using var owner = town.Owner();
        owner.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

        var page = await owner.GetStringAsync($"/place-registration/v1/places/{place.PlaceId}/poster");

        page.ShouldContain(title);
        page.ShouldContain(place.Name);
        // The page's own drawing, module by module, is what the service gives as a picture, and that is what a camera sees.
        var svg = await owner.GetStringAsync($"/place-registration/v1/places/{place.PlaceId}/code.svg");
        page.ShouldContain(svg);
        (await CameraAsync(await owner.GetByteArrayAsync($"/place-registration/v1/places/{place.PlaceId}/code.png"))).ShouldBe(place.Code);
    }

    [Fact]
    public async Task A_screen_code_lets_in_for_a_moment_and_cannot_be_made_by_others()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync(rotatesCode: true);
        using var owner = town.Owner();
        var (anna, _) = town.Citizen();
        var shown = await town.GetAsync<ScreenCodeView>(owner, $"places/{place.PlaceId}/screen-code");

        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(place.Code), HttpStatusCode.Conflict)).Code.ShouldBe("place_code_outdated");
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(PlaceId: place.PlaceId), HttpStatusCode.Conflict)).Code.ShouldBe("place_code_outdated");
        var forged = shown.Code[..^1] + (shown.Code[^1] == '0' ? '1' : '0');
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(forged), HttpStatusCode.BadRequest)).Code.ShouldBe("place_code_expired");
        (await town.CheckInAsync<CheckInAnswer>(anna, new CheckInRequest(shown.Code.ToLowerInvariant()), HttpStatusCode.OK)).Decision.ShouldBe(CheckInDecision.Admitted);
        town.Clock.Advance(TimeSpan.FromSeconds(61));
        (await town.CheckInAsync<Problem>(anna, new CheckInRequest(shown.Code), HttpStatusCode.BadRequest)).Code.ShouldBe("place_code_expired");
        (await town.GetAsync<ScreenCodeView>(owner, $"places/{place.PlaceId}/screen-code")).Code.ShouldNotBe(shown.Code);
    }

    private static async Task<List<ImportAnswer>> ImportAsync(HttpClient owner, string table)
    {
        using var content = new StringContent(table, Encoding.UTF8, "text/csv");
        using var response = await owner.PostAsync("/place-registration/v1/places/import", content);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return [.. (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ImportAnswer>(line, Town.Json)!)];
    }

    private static async Task<string> CameraAsync(byte[] png)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, png);
            using var zbar = Process.Start(new ProcessStartInfo("zbarimg", ["--raw", "--quiet", file]) { RedirectStandardOutput = true })!;
            return (await zbar.StandardOutput.ReadToEndAsync()).Trim();
        }
        finally
        {
            File.Delete(file);
        }
    }
}

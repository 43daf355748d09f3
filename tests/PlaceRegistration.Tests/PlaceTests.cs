using System.Diagnostics;
using System.Net;
using System.Xml.Linq;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class PlaceTests(CityServers servers)
{
    private const string ZBar = "/usr/bin/zbarimg";

    private static readonly PlaceRequest Request = new("Lucky Noodles", PlaceType.Restaurant, "8 Nanjing Road", new GeoPosition(31.2345, 121.4789), 40, Town.Uscc);

    [Fact]
    public async Task A_registered_place_is_on_the_public_list_with_its_grid_cell_and_without_its_position()
    {
        await using var town = await Town.CreateAsync(servers);

        var place = await town.PlaceAsync();

        using var anyone = town.App.Anyone();
        var shown = await town.GetAsync<PublicPlace>(anyone, $"places/{place.PlaceId}");
        shown.ShouldBe(new PublicPlace(place.PlaceId, place.Name, place.Type, place.Address, "3123N12147E"));
        (await town.GetAsync<Page<PublicPlace>>(anyone, "places")).Items.ShouldBe([shown]);
        (await town.GetAsync<Page<PublicPlace>>(anyone, "places?cell=3124N12147E")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_home_is_shown_to_nobody_but_its_owner()
    {
        await using var town = await Town.CreateAsync(servers);

        var home = await town.PlaceAsync(PlaceType.Household);

        using var anyone = town.App.Anyone();
        (await town.GetAsync<Problem>(anyone, $"places/{home.PlaceId}", HttpStatusCode.NotFound)).Code.ShouldBe("place_unknown");
        (await town.GetAsync<Page<PublicPlace>>(anyone, "places")).Items.ShouldBeEmpty();
        using var owner = town.Owner();
        (await town.GetAsync<Page<OwnPlace>>(owner, "places/mine")).Items.ShouldBe([home]);
    }

    [Fact]
    public async Task The_same_key_registers_one_place()
    {
        await using var town = await Town.CreateAsync(servers);
        using var owner = town.Owner();
        var key = Guid.CreateVersion7();

        var first = await town.SendAsync<OwnPlace>(owner, HttpMethod.Post, "places", Request, HttpStatusCode.Created, key);
        var second = await town.SendAsync<OwnPlace>(owner, HttpMethod.Post, "places", Request, HttpStatusCode.OK, key);

        second.ShouldBe(first);
        (await town.GetAsync<Page<OwnPlace>>(owner, "places/mine")).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Only_the_owner_or_a_health_officer_changes_a_place()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        using var stranger = town.App.As(Guid.CreateVersion7(), Roles.VenueOperator);
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);

        (await town.SendAsync<Problem>(stranger, HttpMethod.Put, $"places/{place.PlaceId}", Request, HttpStatusCode.NotFound)).Code.ShouldBe("place_unknown");
        await town.GetAsync<Problem>(stranger, $"places/{place.PlaceId}/occupancy", HttpStatusCode.NotFound);
        await town.GetAsync<Problem>(stranger, $"places/{place.PlaceId}/code.svg", HttpStatusCode.NotFound);
        var changed = await town.SendAsync<OwnPlace>(officer, HttpMethod.Put, $"places/{place.PlaceId}", Request with { Capacity = 7 });

        (changed.Name, changed.Capacity, changed.Code).ShouldBe((Request.Name, 7, place.Code));
    }

    [Fact]
    public async Task The_poster_of_a_place_scans_as_its_code()
    {
        Assert.SkipUnless(File.Exists(ZBar), "A QR reader that is not ours is needed: zbarimg (Debian: zbar-tools).");
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        using var owner = town.Owner();

        var image = await owner.GetByteArrayAsync($"/place-registration/v1/places/{place.PlaceId}/code.png");

        (await ReadAsync(image)).ShouldBe($"QR-Code:{place.Code}");
    }

    [Fact]
    public async Task The_poster_is_also_a_drawing()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        using var owner = town.Owner();

        using var response = await owner.GetAsync($"/place-registration/v1/places/{place.PlaceId}/code.svg");

        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        XDocument.Parse(await response.Content.ReadAsStringAsync()).Root!.Name.LocalName.ShouldBe("svg");
    }

    [Fact]
    public async Task The_public_list_is_read_page_by_page()
    {
        await using var town = await Town.CreateAsync(servers);
        var ids = new List<Guid>();
        for (var n = 0; n < 5; n++) ids.Add((await town.PlaceAsync()).PlaceId);
        using var anyone = town.App.Anyone();

        var read = new List<Guid>();
        string? next = "";
        while (next is not null)
        {
            var page = await town.GetAsync<Page<PublicPlace>>(anyone, $"places?limit=2{(next.Length > 0 ? $"&after={next}" : "")}");
            read.AddRange(page.Items.Select(place => place.PlaceId));
            next = page.Next;
        }

        read.ShouldBe(ids, ignoreOrder: true);
        (await town.GetAsync<Problem>(anyone, "places?after=nonsense", HttpStatusCode.BadRequest)).Code.ShouldBe("cursor_invalid");
    }

    [Fact]
    public async Task What_is_no_place_is_refused()
    {
        await using var town = await Town.CreateAsync(servers);
        using var owner = town.Owner();
        foreach (var (request, code) in new[]
        {
            (Request with { Name = "" }, "length_invalid"),
            (Request with { Name = "  " }, "format_invalid"),
            (Request with { Name = "Nul\0" }, "format_invalid"),
            (Request with { Address = "two\nlines" }, "format_invalid"),
            (Request with { Position = new GeoPosition(90.1, 121) }, "range_invalid"),
            (Request with { Position = new GeoPosition(31, 180.1) }, "range_invalid"),
            (Request with { Capacity = 0 }, "range_invalid"),
        })
        {
            (await town.SendAsync<Problem>(owner, HttpMethod.Post, "places", request, HttpStatusCode.BadRequest)).Code.ShouldBe(code);
        }
    }

    private static async Task<string> ReadAsync(byte[] image)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        await File.WriteAllBytesAsync(file, image);
        try
        {
            using var reader = Process.Start(new ProcessStartInfo(ZBar, ["-q", file]) { RedirectStandardOutput = true })!;
            return (await reader.StandardOutput.ReadToEndAsync()).Trim();
        }
        finally
        {
            File.Delete(file);
        }
    }
}

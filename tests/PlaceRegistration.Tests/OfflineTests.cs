using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.CheckIns;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

public sealed class OfflineTests(CityServers servers)
{
    [Fact]
    public async Task Signed_scans_are_one_visit_each_in_any_order_and_repetition_and_others_are_turned_down_one_by_one()
    {
        await using var town = await Town.CreateAsync(servers);
        await using var second = town.Replica();
        var place = await town.PlaceAsync();
        using var owner = town.Owner();
        var device = await town.SendAsync<DeviceAnswer>(owner, HttpMethod.Post, $"places/{place.PlaceId}/devices", new DeviceRequest("North gate"));
        var people = Enumerable.Range(0, 40).Select(_ => town.Citizen().Account).ToArray();
        var random = new Random(7);
        string[] good = [.. Enumerable.Range(0, 1200).Select(n => Signed(device, $"code of {people[n % people.Length]}", Town.Noon.AddMinutes(-n)))];

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => HandInAsync(owner, device, [.. good.Concat(good.Take(100)).OrderBy(_ => random.Next())])));

        answers.SelectMany(all => all).ShouldAllBe(answer => answer.Outcome == ScanOutcome.Recorded);
        answers.ShouldAllBe(all => all.Count == 1300);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM visits")).ShouldBe(1200);
        (await town.Database.ScalarAsync<long>($"SELECT count(*) FROM visits WHERE is_late AND source = {(int)VisitSource.Device}")).ShouldBe(1200);
        await Eventually.Async(() => town.Heard.Of<VisitsCounted>().GroupBy(counted => counted.Hour).Sum(hour => hour.Max(counted => counted.Visits)) == 1200);

        var forged = good[0].Replace("code of", "code  of", StringComparison.Ordinal);
        (await HandInAsync(owner, device, [forged, "nonsense", Signed(device, "a forgery", Town.Noon), Signed(device, $"code of {people[0]}", Town.Noon.AddDays(-15)), good[1]]))
            .Select(answer => (answer.Outcome, answer.Reason)).ShouldBe(
            [
                (ScanOutcome.Rejected, "signature_invalid"), (ScanOutcome.Rejected, "line_invalid"), (ScanOutcome.Rejected, "credential_invalid"),
                (ScanOutcome.Rejected, "visit_too_old"), (ScanOutcome.Recorded, "recorded_late"),
            ]);
        (await HandInAsync(owner, device, [good[2], new string('x', 20_000), good[3]])).Select(answer => answer.Reason).ShouldBe(["recorded_late", "line_too_long"]);

        town.Office.Fault = StatusCode.Unavailable;
        (await HandInAsync(owner, device, [good[4]])).Single().Outcome.ShouldBe(ScanOutcome.Later);
        town.Office.Fault = null;
        using var revoking = await owner.DeleteAsync($"/place-registration/v1/devices/{device.DeviceId}");
        revoking.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await HandInAsync(owner, device, [Signed(device, $"code of {people[0]}", Town.Noon.AddSeconds(1)), good[5]])).Select(answer => answer.Reason).ShouldBe(["device_revoked", "recorded_late"]);
        using var stranger = town.App.As(Guid.CreateVersion7(), ServiceDefaults.Roles.VenueOperator);
        (await stranger.PostAsync($"/place-registration/v1/devices/{device.DeviceId}/scans", new StringContent(good[0]))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_late_scan_is_traced_like_any_visit()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        using var owner = town.Owner();
        var device = await town.SendAsync<DeviceAnswer>(owner, HttpMethod.Post, $"places/{place.PlaceId}/devices", new DeviceRequest("North gate"));
        var ((ill, illId), (ben, benId)) = (town.Citizen(), town.Citizen());
        await town.CheckInAsync(ill, place, Town.Noon.AddHours(-3), Town.Noon.AddHours(-1));
        await town.ConfirmAsync(illId);

        await HandInAsync(owner, device, [Signed(device, $"code of {ben}", Town.Noon.AddHours(-2), Town.Noon.AddMinutes(-90))]);

        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Any(exposure => exposure.CitizenId == benId));
    }

    private static string Signed(DeviceAnswer device, string credential, DateTimeOffset at, DateTimeOffset? until = null)
    {
        var scan = Guid.CreateVersion7();
        return JsonSerializer.Serialize(
            new ScanLine(scan, at, credential, SignedScan.Sign(Convert.FromHexString(device.Key), scan, at, until, credential), until), Town.Json);
    }

    private static async Task<List<ScanAnswer>> HandInAsync(HttpClient owner, DeviceAnswer device, IReadOnlyList<string> lines)
    {
        using var content = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        using var response = await owner.PostAsync($"/place-registration/v1/devices/{device.DeviceId}/scans", content);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ScanAnswer>(line, Town.Json)!)];
    }
}

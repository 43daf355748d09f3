using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.Replay;

namespace SmartCity.Portal.Tests;

/// <summary>Four weeks of a city's life, as its departments deliver them: two districts on the grid, one cell in which cases grow.</summary>
internal static class Outbreak
{
    public const string HotCell = "3123N12147E";

    private const int Days = 28;

    private static Task<Account>? done;

    /// <summary>Once for all tests; the account is the operator's.</summary>
    public static Task<Account> BreakOutAsync(PortalCity city) => done ??= DeliverAsync(city);

    public static async Task SendAsync(PortalCity city, Account from, string stream, IEnumerable<(string Area, DateOnly Day, int Value)> values)
    {
        using var http = new HttpClient { BaseAddress = city.Gateway };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/early-warning/v1/signals/{stream}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", from.AccessToken);
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        request.Content = new StringContent($"area,at,value,kind\n{string.Join('\n', values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Area},{value.Day:yyyy-MM-dd},{value.Value},import-tests")))}\n", Encoding.UTF8, "text/csv");
        using var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    public static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).DateTime);

    private static async Task<Account> DeliverAsync(PortalCity city)
    {
        var account = await city.Api.SignInStaffAsync("operator", CancellationToken.None);
        await city.Api.PostAsync("/early-warning/v1/grid", new { type = "FeatureCollection", features = Districts("A", "East", "东区", 121.44, 121.48).Concat(Districts("B", "West", "西区", 121.48, 121.53)) }, account, CancellationToken.None);

        string[] cells = [.. from south in Enumerable.Range(0, 6) from west in Enumerable.Range(0, 9) select GridCell.At(31.205 + (south * 0.01), 121.445 + (west * 0.01)).ToString()];
        DateOnly[] days = [.. Enumerable.Range(0, Days).Select(day => Today.AddDays(day + 1 - Days))];
        // Elsewhere one now and then; in one cell more every day.
        await SendAsync(city, account, "cases", days.SelectMany((day, at) => cells.Select((cell, place) => (cell, day, cell == HotCell ? at * at / 60 : (at + place) % 29 == 0 ? 1 : 0))));
        await SendAsync(city, account, "visits", days.SelectMany((day, at) => cells.Select((cell, place) => (cell, day, 120 + (place * 7 % 50) + (at % 7 * 4)))));
        await SendAsync(city, account, "bookings", days.SelectMany((day, at) => cells.Take(9).Select((cell, place) => (cell, day, 20 + place + at))));
        await SendAsync(city, account, "reports", days.SelectMany((day, at) => cells.Take(12).Select((cell, place) => (cell, day, (at + place) % 5))));
        return account;
    }

    private static IEnumerable<object> Districts(string code, string en, string zh, double west, double east)
    {
        double[][][] ring = [[[west, 31.20], [east, 31.20], [east, 31.26], [west, 31.26], [west, 31.20]]];
        yield return Area(code, "district", null);
        yield return Area($"{code}-1", "street", code);
        yield return Area($"{code}-1-1", "community", $"{code}-1");

        object Area(string name, string level, string? parent) => new { type = "Feature", properties = new { code = name, level, nameEn = en, nameZh = zh, parent }, geometry = new { type = "Polygon", coordinates = ring } };
    }
}

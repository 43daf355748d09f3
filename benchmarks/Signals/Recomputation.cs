using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.Benchmarks.Signals;

/// <summary>An alarm made again from its hash by HTTP, among the values of 900 cells, against the smallest answer that reads one row: in turns, medians.</summary>
internal static class Recomputation
{
    private const int Cells = 900;
    private const int Days = 60;
    private const int Rounds = 100;

    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(HttpClient client, TestDatabase database)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).DateTime);
        await PostAsync(client, "signals/sickLeave", Text(Batch(today), "text/csv"));
        var rule = new { code = "sick-cell", stream = "sickLeave", level = "cell", detector = "earsC2", department = "health-commission", minimumSigma = 1.0, minimumCount = 50 };
        await PostAsync(client, "rules", JsonContent.Create(rule));
        await database.ExecuteAsync("UPDATE detection_rules SET state = 'Live', live_from = now() WHERE code = 'sick-cell'");
        await PostAsync(client, "signals/sickLeave", Text($"area,at,value\n{Cell(0)},{today:yyyy-MM-dd},90\n", "text/csv"));
        string? hash = null;
        await Eventually.Async(async () => (hash = await HashAsync(client)) is not null, TimeSpan.FromMinutes(1));

        var (made, read) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var round = -5; round < Rounds; round++)
        {
            var (again, row) = (await TimeAsync(client, $"judgements/{hash}"), await TimeAsync(client, "rules?limit=1"));
            if (round < 0) continue;
            made.Add(again);
            read.Add(row);
        }

        var (median, baseline) = (Median(made), Median(read));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"alarm made again from its hash: {median.TotalMilliseconds:F1} ms (goal {Goal.TotalMilliseconds} ms: {(median <= Goal ? "reached" : "MISSED")}); an answer that reads one row {baseline.TotalMilliseconds:F1} ms; ratio {median / baseline:F1}"));
    }

    private static async Task<string?> HashAsync(HttpClient client)
    {
        var alarms = await client.GetFromJsonAsync<JsonElement>("/early-warning/v1/alarms");
        return alarms.GetProperty("items").EnumerateArray().Select(alarm => alarm.TryGetProperty("hash", out var hash) ? hash.GetString() : null).FirstOrDefault(hash => hash is not null);
    }

    private static async Task<TimeSpan> TimeAsync(HttpClient client, string path)
    {
        var start = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync($"/early-warning/v1/{path}");
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync();
        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task PostAsync(HttpClient client, string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/early-warning/v1/{path}") { Content = content };
        request.Headers.Add(IdempotencyKey.Header, Guid.CreateVersion7().ToString());
        using var answer = await client.SendAsync(request);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    private static StringContent Text(string text, string type) => new(text, Encoding.UTF8, new MediaTypeHeaderValue(type));

    private static string Batch(DateOnly today)
    {
        var text = new StringBuilder("area,at,value\n");
        for (var cell = 0; cell < Cells; cell++)
            for (var day = 1; day <= Days; day++)
                text.Append(CultureInfo.InvariantCulture, $"{Cell(cell)},{today.AddDays(-day):yyyy-MM-dd},{10 + ((cell + day) % 5)}\n");
        return text.ToString();
    }

    private static string Cell(int cell) => $"{3100 + (cell / 30)}N{12100 + (cell % 30)}E";

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);
}

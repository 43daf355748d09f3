using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SmartCity.VenueClient;

/// <summary>Sends what waits to the city, some hundreds of scans at a time, and strikes out what was answered for good.</summary>
internal sealed class Uplink(HttpClient city, Guid deviceId, ScanQueue queue)
{
    /// <summary>Their answers fit into the buffers of a connection that still sends.</summary>
    private const int ScansAtOnce = 1000;

    /// <summary>Sends once.</summary>
    /// <returns>How many scans were answered for good.</returns>
    public async Task<int> SendAsync(CancellationToken cancellationToken)
    {
        var lines = queue.Next(ScansAtOnce);
        if (lines.Length == 0) return 0;
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', lines))) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/place-registration/v1/devices/{deviceId}/scans") { Content = content };
        using var response = await city.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();

        var answered = new List<Guid>(lines.Length);
        try
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                using var answer = JsonDocument.Parse(line);
                var outcome = answer.RootElement.GetProperty("outcome").GetString();
                if (outcome == "rejected") Console.Error.WriteLine($"Not accepted: {line}");
                if (outcome is "recorded" or "rejected" && answer.RootElement.TryGetProperty("scan", out var scan)) answered.Add(scan.GetGuid());
            }
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or JsonException)
        {
            // The city went away in the middle: what it has answered counts, the rest is sent again.
            Console.Error.WriteLine($"Interrupted after {answered.Count} of {lines.Length} answers: {fault.Message}");
        }

        if (answered.Count > 0) queue.Answered(answered);
        return answered.Count;
    }
}

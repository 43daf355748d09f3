using SmartCity.Replay;
using SmartCity.Testing;

namespace SmartCity.System.Tests;

/// <summary>A warning on its way to the citizens, through the gateway.</summary>
public sealed class WarningTests(RunningCity city)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Whoever_watches_hears_a_warning_at_once_and_whoever_asked_for_the_area_sees_why_and_takes_note()
    {
        using var client = city.Open();
        var staff = await Neighbours.StaffAsync(client);
        var (citizen, _) = await Neighbours.CitizenAsync(client);
        // An area of its own, so that nobody else's warning is about it.
        var cell = $"{Random.Shared.Next(4000, 4900)}N10{Random.Shared.Next(100, 900)}E";
        await client.PutAsync($"/early-warning/v1/me/subscriptions/{cell}", new { minimumSeverity = "severe" }, citizen, CancellationToken.None);
        using var watcher = new HttpClient { BaseAddress = city.Gateway };
        using var patience = new CancellationTokenSource(Patience);
        using var answer = await watcher.GetAsync("/early-warning/v1/warnings/stream", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(patience.Token));

        var id = await Neighbours.WarnAsync(client, cell);

        (await HearAsync(lines, id, patience.Token)).ShouldContain(cell);
        var mine = (await client.ListAsync("/early-warning/v1/me/warnings", citizen, CancellationToken.None)).ShouldHaveSingleItem();
        mine["warning"]!["warningId"]!.GetValue<Guid>().ShouldBe(id);
        mine["why"]!["en"]!.GetValue<string>().ShouldContain(cell);
        mine["why"]!["zh"]!.GetValue<string>().ShouldContain(cell);
        await client.PostAsync($"/early-warning/v1/me/warnings/{id}/acknowledgement", new { }, citizen, CancellationToken.None);
        (await client.ListAsync("/early-warning/v1/me/warnings", citizen, CancellationToken.None))[0]["acknowledgedAt"].ShouldNotBeNull();

        await client.PostAsync($"/early-warning/v1/warnings/{id}/cancellation", new { }, staff.HealthOfficer, CancellationToken.None);
        (await HearAsync(lines, id, patience.Token)).ShouldContain("\"cancelled\"");
    }

    /// <summary>The next line that tells of the warning.</summary>
    private static async Task<string> HearAsync(StreamReader lines, Guid id, CancellationToken cancellationToken)
    {
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line.Contains(id.ToString(), StringComparison.Ordinal)) return line;
        }

        throw new EndOfStreamException("The stream ended before it told of the warning.");
    }
}

using SmartCity.Replay;
using SmartCity.Replay.Towns;

namespace SmartCity.System.Tests;

/// <summary>A recorded outbreak through the running city, with what the city must make of it.</summary>
public sealed class ReplayTests(RunningCity city)
{
    [Fact]
    public async Task Measles_in_Hagelloch_is_traced_and_warned_of()
    {
        var folder = ReferenceFolder();
        if (!File.Exists(Path.Combine(folder, "measles_hagelloch_1861.csv"))) Assert.Skip("The outbreak is not there: shared/data/outbreaks/measles_hagelloch_1861.csv");
        using var client = city.Open();

        var findings = await new Replayer(client, Hagelloch.Load(folder), TimeProvider.System, await Neighbours.StaffAsync(client)).RunAsync(CancellationToken.None);

        findings.Print(Console.Out);
        findings.People.ShouldBe(188);
        findings.Cases.ShouldBe(188);
        findings.TransmissionsRecorded.ShouldBe(184);
    }

    [Fact]
    public async Task A_made_up_town_is_traced_too()
    {
        using var client = city.Open();
        var town = SyntheticTown.Make(citizens: 60, days: 25, seed: 3);

        var findings = await new Replayer(client, town, TimeProvider.System, await Neighbours.StaffAsync(client)).RunAsync(CancellationToken.None);

        findings.Cases.ShouldBe(town.Cases.Count);
        // Whoever infects somebody there met them there, so nobody may be missed.
        findings.TransmissionsFound.ShouldBe(town.Transmissions.Count);
        findings.Visits.ShouldBe(town.Stays.Count);
    }

    private static string ReferenceFolder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) at = at.Parent;
        return Path.Combine(Environment.GetEnvironmentVariable("SMARTCITY_REFERENCE_DATA") ?? Path.Combine(at!.FullName, "..", "shared", "data"), "outbreaks");
    }
}

using SmartCity.Replay;
using SmartCity.Replay.Towns;

namespace SmartCity.System.Tests;

/// <summary>A recorded outbreak through the running city, with what the city must make of it.</summary>
public sealed class ReplayTests(RunningCity city)
{
    /// <summary>Whether every recorded outbreak is replayed.</summary>
    public static bool AllAsked => Environment.GetEnvironmentVariable("REPLAY") == "all";

    [Fact]
    public async Task An_outbreak_is_traced_and_warned_of_in_time()
    {
        using var client = city.Open();
        var recorded = File.Exists(Path.Combine(ReferenceFolder(), "measles_hagelloch_1861.csv"));
        var town = recorded ? Hagelloch.Load(ReferenceFolder()) : SyntheticTown.Make(citizens: 60, days: 25, seed: 3);

        var findings = await new Replayer(client, town, TimeProvider.System, await Neighbours.StaffAsync(client)).RunAsync(CancellationToken.None);

        // Thousands of exposures of the same few people are followed for a while yet; other tests' news would wait behind them.
        await city.DrainedAsync("health-code");
        findings.Print(Console.Out);
        findings.People.ShouldBe(town.People.Count);
        findings.Visits.ShouldBe(town.Stays.Count);
        findings.Cases.ShouldBe(town.Cases.Count);
        findings.WarningsIssued.ShouldBeGreaterThanOrEqualTo(1);
        if (recorded)
        {
            findings.Visits.ShouldBe(13_712);
            (findings.TransmissionsFound, findings.TransmissionsRecorded).ShouldBe((183, 184));
            findings.FirstAlarmDay.ShouldBe(new DateOnly(1861, 11, 24));
            findings.DaysOfWarning.ShouldBe(13);
            findings.ContactsTurnedYellow.ShouldBeGreaterThan(180);
        }
        else
        {
            // Whoever infects somebody there met them there, so nobody may be missed.
            findings.TransmissionsFound.ShouldBe(town.Transmissions.Count);
            TestContext.Current.SendDiagnosticMessage("The recorded outbreak is not there (shared/data/outbreaks/measles_hagelloch_1861.csv): replayed a made-up town.");
        }
    }

    /// <summary>Minutes long, and shows nothing of the services that the other does not: only where it is asked for, <c>REPLAY=all ./test Mers</c>.</summary>
    [Fact(Skip = "Minutes long; REPLAY=all asks for it.", SkipUnless = nameof(AllAsked))]
    public async Task Mers_in_hospitals_is_traced()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(ReferenceFolder(), "mers_korea_2015_linelist.csv")), "The recorded outbreak is not there: shared/data/outbreaks/mers_korea_2015_linelist.csv");
        using var client = city.Open();
        var town = MersKorea.Load(ReferenceFolder());

        var findings = await new Replayer(client, town, TimeProvider.System, await Neighbours.StaffAsync(client)).RunAsync(CancellationToken.None);

        findings.Print(Console.Out);
        findings.Visits.ShouldBe(town.Stays.Count);
        findings.Cases.ShouldBe(town.Cases.Count);
        findings.TransmissionsFound.ShouldBe(findings.Overlaps[0].Found);
        // Longer times together flag fewer, and find no more.
        findings.Overlaps.Zip(findings.Overlaps.Skip(1)).ShouldAllBe(next => next.Second.Found <= next.First.Found && next.Second.Flagged <= next.First.Flagged);
    }

    private static string ReferenceFolder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) at = at.Parent;
        return Path.Combine(Environment.GetEnvironmentVariable("SMARTCITY_REFERENCE_DATA") ?? Path.Combine(at!.FullName, "..", "shared", "data"), "outbreaks");
    }
}

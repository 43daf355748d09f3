using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class ExposureTests(CityServers servers)
{
    [Fact]
    public async Task An_exposure_turns_the_code_yellow_with_its_reason()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var changes = await town.ListenAsync<HealthCodeChanged>();
        var exposure = Exposure(town, person) with { Severity = ExposureSeverity.High, WeightedMinutes = 67.5 };

        await town.PublishAsync(exposure);

        await Eventually.Async(async () => (await town.CodeOfAsync(person)).Color == CodeColor.Yellow);
        // Rules may ask how severe it was.
        (await town.Database.ScalarAsync<string>("SELECT detail::text FROM evidence")).Replace(" ", "", StringComparison.Ordinal).ShouldBe("""{"severity":"high","weightedMinutes":67.5}""");
        var code = await town.CodeOfAsync(person);
        (code.ValidUntil, code.Version, code.Reason.Rule).ShouldBe((exposure.Until.AddDays(14), 2, "close-contact"));
        var evidence = code.Reason.Evidence.ShouldHaveSingleItem();
        (evidence.Id, evidence.Minutes).ShouldBe((exposure.ExposureId, 45));
        // The registration's own change may still be on its way when the listening begins.
        await Eventually.Async(() => changes.Any(change => change.From == CodeColor.Green));
        var turn = changes.Single(change => change.From == CodeColor.Green);
        (turn.To, turn.Version).ShouldBe((CodeColor.Yellow, 2));
    }

    [Fact]
    public async Task Withdrawing_the_exposure_turns_the_code_back_with_the_reason()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var exposure = Exposure(town, person);
        await town.PublishAsync(exposure);
        await Eventually.Async(async () => (await town.CodeOfAsync(person)).Color == CodeColor.Yellow);

        await town.PublishAsync(Withdrawal(exposure));

        await Eventually.Async(async () => (await town.CodeOfAsync(person)).Color == CodeColor.Green);
        var last = (await town.HistoryOfAsync(person))[0];
        (last.From, last.Color, last.Cause, last.CauseText).ShouldBe((CodeColor.Yellow, CodeColor.Green, ChangeCause.ExposureWithdrawn, "The exposure was withdrawn"));
    }

    [Fact]
    public async Task A_withdrawal_that_overtakes_the_finding_makes_it_void()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var exposure = Exposure(town, person);

        await town.PublishAsync(Withdrawal(exposure));
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.inbox") == 1);
        await town.PublishAsync(exposure);
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.inbox") == 2);

        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
        (await town.HistoryOfAsync(person)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_finding_that_comes_twice_or_late_changes_nothing_more()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, message) = (await town.NewPersonAsync(), Guid.CreateVersion7());
        var newer = Exposure(town, person) with { Minutes = 90 };
        var older = newer with { Minutes = 20, DetectedAt = newer.DetectedAt.AddMinutes(-5) };

        await town.PublishAsync(newer, message);
        await Eventually.Async(async () => (await town.CodeOfAsync(person)).Color == CodeColor.Yellow);
        await town.PublishAsync(newer, message);
        await town.PublishAsync(newer);
        await town.PublishAsync(older);
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM messaging.inbox") == 3);

        var code = await town.CodeOfAsync(person);
        (code.Version, code.Reason.Evidence.Single().Minutes).ShouldBe((2, 90));
    }

    [Fact]
    public async Task Many_exposures_of_one_person_at_once_are_all_kept_and_every_change_has_its_own_version()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => town.PublishAsync(Exposure(town, person))));

        await Eventually.Async(async () => (await town.CodeOfAsync(person)).Reason.Evidence.Count == 20);
        var history = await town.HistoryOfAsync(person);
        history.Select(entry => entry.Version).ShouldBe(Enumerable.Range(1, history.Length).Reverse().Select(version => (long)version));
    }

    [Fact]
    public async Task A_yellow_code_turns_green_at_its_end_without_anybody_looking()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var exposure = Exposure(town, person);
        await town.PublishAsync(exposure);
        await Eventually.Async(async () => (await town.CodeOfAsync(person)).Color == CodeColor.Yellow);
        var changes = await town.ListenAsync<HealthCodeChanged>();

        town.Clock.Set(exposure.Until.AddDays(14));

        // The changes before may still be on their way when the listening begins.
        await Eventually.Async(() => changes.Any(change => change.From == CodeColor.Yellow));
        var end = changes.Single(change => change.From == CodeColor.Yellow);
        (end.To, end.ChangedAt).ShouldBe((CodeColor.Green, town.Now));
        (await town.HistoryOfAsync(person))[0].Cause.ShouldBe(ChangeCause.TimePassed);
    }

    private static ExposureDetected Exposure(Town town, Person person) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), person.CitizenId, Guid.CreateVersion7(), "3123N12147E", Minutes: 45,
        From: town.Now.AddDays(-2).AddHours(-1), Until: town.Now.AddDays(-2), DetectedAt: town.Now);

    private static ExposureWithdrawn Withdrawal(ExposureDetected exposure) =>
        new(exposure.ExposureId, exposure.CaseId, exposure.CitizenId, exposure.Cell, exposure.From, exposure.DetectedAt.AddMinutes(1));
}

using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class AppealTests(CityServers servers)
{
    [Fact]
    public async Task An_appeal_that_is_upheld_undoes_what_followed_everywhere()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        await town.ReportPositiveAsync(person.Number);
        var withdrawals = await town.ListenAsync<CaseWithdrawn>();
        var appeal = await FileAsync(person);

        var decision = await Town.ReadAsync<DecideAppeal.Decision>(await DecideAsync(town.Officer(), appeal.Id));

        decision.Withdrawn.Count.ShouldBe(1);
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
        (await town.HistoryOfAsync(person))[0].Cause.ShouldBe(ChangeCause.AppealUpheld);
        await Eventually.Async(() => withdrawals.Any(withdrawn => withdrawn.CitizenId == person.CitizenId));
        var mine = (await town.GetAsync<FileAppeal.MyAppeal[]>(person.Client, "/health-code/v1/me/appeals")).ShouldHaveSingleItem();
        (mine.Outcome, mine.Answer).ShouldBe((AppealOutcome.Upheld, "You are right, we are sorry."));
        (await town.GetAsync<Page<ListMyNotices.Entry>>(person.Client, "/health-code/v1/me/notices")).Items.ShouldHaveSingleItem().Kind.ShouldBe(NoticeKind.AppealUpheld);
    }

    [Fact]
    public async Task An_exposure_that_is_contested_rightly_is_refuted_for_everybody()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var found = new PlaceRegistration.Contracts.ExposureDetected(
            Guid.NewGuid(), Guid.NewGuid(), person.CitizenId, Guid.NewGuid(), "3123N12147E", 60, town.Now.AddHours(-3), town.Now.AddHours(-2), town.Now,
            PlaceRegistration.Contracts.ExposureSeverity.High, 90);
        await town.PublishAsync(found);
        await Eventually.Async(async () => (await town.CodeOfAsync(person)).Color == CodeColor.Yellow);
        var shown = (await town.CodeOfAsync(person)).Reason.Evidence.ShouldHaveSingleItem();
        (shown.Severity, shown.WeightedMinutes, shown.Minutes).ShouldBe(("high", 90, 60));
        var refuted = await town.ListenAsync<ExposureRefuted>();

        (await DecideAsync(town.Officer(), (await FileAsync(person)).Id)).EnsureSuccessStatusCode();

        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
        await Eventually.Async(() => refuted.Any(one => one.ExposureId == found.ExposureId && one.CitizenId == person.CitizenId));
    }

    [Fact]
    public async Task Whoever_had_a_hand_in_it_does_not_decide()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var (proposer, approver) = (town.Officer(Guid.NewGuid(), Roles.HealthOfficer), town.Officer(Guid.NewGuid(), Roles.Approver));
        var order = await Town.ReadAsync<ProposeOverride.Order>(await Town.PostAsync(
            proposer, "/overrides", new { reason = "clinicalDiagnosis", color = "yellow", citizenIds = new[] { person.CitizenId }, until = town.Now.AddDays(3) }));
        (await Town.PostAsync(approver, $"/overrides/{order.Id}/approval", new { })).EnsureSuccessStatusCode();
        var appeal = await FileAsync(person);

        (await Town.ProblemAsync(await DecideAsync(proposer, appeal.Id))).ShouldBe("appeal_own_decision");
        (await Town.ProblemAsync(await DecideAsync(approver, appeal.Id))).ShouldBe("appeal_own_decision");
        var other = town.Officer(Guid.NewGuid(), Roles.HealthOfficer);
        (await DecideAsync(other, appeal.Id, "dismissed")).EnsureSuccessStatusCode();
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Yellow);
        var second = await FileAsync(person);
        (await Town.ProblemAsync(await DecideAsync(other, second.Id))).ShouldBe("appeal_own_decision");
        (await DecideAsync(town.Officer(), second.Id)).EnsureSuccessStatusCode();
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
    }

    [Fact]
    public async Task The_queue_shows_the_most_urgent_first_and_opening_one_is_seen_by_the_person()
    {
        await using var town = await Town.StartAsync(servers);
        var (first, second) = (await town.NewPersonAsync(), await town.NewPersonAsync());
        await town.ReportPositiveAsync(first.Number);
        await town.ReportPositiveAsync(second.Number);
        var early = await FileAsync(first);
        town.Clock.Advance(TimeSpan.FromHours(25));
        var late = await FileAsync(second);

        var queue = (await town.GetAsync<Page<ReadAppeals.Entry>>(town.Officer(), "/health-code/v1/appeals")).Items;
        var opened = await Town.ReadAsync<ReadAppeals.Opened>(await Town.PostAsync(town.Officer(), $"/appeals/{early.Id}/opening", new { }));

        queue.Select(entry => (entry.Id, entry.Overdue)).ShouldBe([(early.Id, true), (late.Id, false)]);
        (opened.Text, opened.CitizenId).ShouldBe(("That was not my sample.", first.CitizenId));
        (await town.GetAsync<Page<ListMyAccessLog.Entry>>(first.Client, "/health-code/v1/me/access-log")).Items.ShouldHaveSingleItem().Purpose.ShouldBe(AccessPurpose.Appeal);
        (await (await town.App.Anyone().GetAsync("/health/ready")).Content.ReadAsStringAsync()).ShouldContain("overdue");
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM appeals WHERE encode(sealed_text, 'escape') LIKE '%sample%'")).ShouldBe(0);
    }

    [Fact]
    public async Task One_appeal_at_a_time_about_what_is_known_of_oneself()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, stranger) = (await town.NewPersonAsync(), await town.NewPersonAsync());
        var result = await town.ReportPositiveAsync(stranger.Number);

        (await Town.ProblemAsync(await Town.PostAsync(person.Client, "/me/appeals", new { text = "It is wrong.", evidence = new[] { result.Id } }))).ShouldBe("appeal_evidence_unknown");
        await FileAsync(person);
        (await Town.ProblemAsync(await Town.PostAsync(person.Client, "/me/appeals", new { text = "And again." }))).ShouldBe("appeal_open");
    }

    [Fact]
    public async Task Everybody_reads_how_long_answers_take()
    {
        await using var town = await Town.StartAsync(servers);
        for (var hours = 1; hours <= 5; hours++)
        {
            var person = await town.NewPersonAsync();
            var appeal = await FileAsync(person);
            town.Clock.Advance(TimeSpan.FromHours(hours));
            (await DecideAsync(town.Officer(), appeal.Id, "dismissed")).EnsureSuccessStatusCode();
        }

        var statistics = await town.GetAsync<ShowAppealStatistics.Statistics>(town.App.Anyone(), "/health-code/v1/appeals/statistics");

        (statistics.Filed, statistics.Decided, statistics.Upheld, statistics.MedianHours, statistics.P90Hours, statistics.InTime).ShouldBe((5, 5, null, 3, 5, 1));
    }

    private static async Task<FileAppeal.MyAppeal> FileAsync(Person person) =>
        await Town.ReadAsync<FileAppeal.MyAppeal>(await Town.PostAsync(person.Client, "/me/appeals", new { text = "That was not my sample." }));

    private static Task<HttpResponseMessage> DecideAsync(HttpClient officer, Guid appeal, string outcome = "upheld") =>
        Town.PostAsync(officer, $"/appeals/{appeal}/decision", new { outcome, answer = "You are right, we are sorry." });
}

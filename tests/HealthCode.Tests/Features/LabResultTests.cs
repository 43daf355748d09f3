using System.Net;
using System.Net.Http.Json;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class LabResultTests(CityServers servers)
{
    [Fact]
    public async Task A_positive_result_turns_the_code_red_with_its_reason_and_makes_a_case()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var (changes, cases) = (await town.ListenAsync<HealthCodeChanged>(), await town.ListenAsync<CaseConfirmed>());

        var receipt = await town.ReportPositiveAsync(person.Number);

        var code = await town.CodeOfAsync(person);
        (code.Color, code.ValidUntil, code.Version, code.Reason.Rule).ShouldBe((CodeColor.Red, town.Now.AddDays(13), 2, "positive-result"));
        var evidence = code.Reason.Evidence.ShouldHaveSingleItem();
        (evidence.Id, evidence.Kind, evidence.At).ShouldBe((receipt.Id, EvidenceKind.PositiveResult, town.Now.AddDays(-1)));
        await Eventually.Async(() => changes.Any(change => change.To == CodeColor.Red) && cases.Count == 1);
        var confirmed = cases.Single();
        (confirmed.CitizenId, confirmed.OnsetAt).ShouldBe((person.CitizenId, town.Now.AddDays(-1)));
        (confirmed.InfectiousFrom, confirmed.InfectiousUntil).ShouldBe((town.Now.AddDays(-5), town.Now.AddDays(9)));
    }

    [Fact]
    public async Task The_infectious_period_follows_onset_where_it_is_known()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var onset = town.Now.AddDays(-6);

        await Town.ReadAsync<LabResultReceipt>(await town.ReportAsync(town.Laboratory(), person.Number, onsetAt: onset));

        var known = (await CasesAsync(town)).ShouldHaveSingleItem();
        (known.OnsetAt, known.InfectiousFrom, known.InfectiousUntil).ShouldBe((onset, onset.AddDays(-4), onset.AddDays(10)));
    }

    [Fact]
    public async Task A_negative_result_is_kept_and_changes_no_colour()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        (await town.ReportAsync(town.Laboratory(), person.Number, LabOutcome.Negative)).StatusCode.ShouldBe(HttpStatusCode.Created);

        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
        (await CasesAsync(town)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_result_reported_again_makes_one_case()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, laboratory, key, sampledAt) = (await town.NewPersonAsync(), town.Laboratory(), Guid.NewGuid(), town.Now.AddDays(-1).AddTicks(1234567));

        var first = await town.ReportAsync(laboratory, person.Number, resultNumber: "R-1", sampledAt: sampledAt, key: key);
        var sameKey = await town.ReportAsync(laboratory, person.Number, resultNumber: "R-1", sampledAt: sampledAt, key: key);
        var otherKey = await town.ReportAsync(laboratory, person.Number, resultNumber: "R-1", sampledAt: sampledAt.ToOffset(TimeSpan.FromHours(8)));

        (first.StatusCode, sameKey.StatusCode, otherKey.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK));
        var receipt = await Town.ReadAsync<LabResultReceipt>(first);
        (await Town.ReadAsync<LabResultReceipt>(sameKey)).ShouldBe(receipt);
        (await Town.ReadAsync<LabResultReceipt>(otherKey)).ShouldBe(receipt);
        (await CasesAsync(town)).Length.ShouldBe(1);
        (await town.CodeOfAsync(person)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task One_result_reported_many_times_at_once_makes_one_case()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, laboratory, key) = (await town.NewPersonAsync(), town.Laboratory(), Guid.NewGuid());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => town.ReportAsync(laboratory, person.Number, resultNumber: "R-1", key: key)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(7);
        (await CasesAsync(town)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Results_of_one_person_at_the_same_moment_are_all_taken_and_make_one_case()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(hospital => town.ReportAsync(town.Laboratory($"hospital-{hospital}"), person.Number)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        (await CasesAsync(town)).Length.ShouldBe(1);
        (await town.CodeOfAsync(person)).Reason.Evidence.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Another_result_under_the_same_number_or_key_is_refused()
    {
        await using var town = await Town.StartAsync(servers);
        var (one, other, laboratory, key) = (await town.NewPersonAsync(), await town.NewPersonAsync(), town.Laboratory(), Guid.NewGuid());
        await town.ReportAsync(laboratory, one.Number, resultNumber: "R-1", key: key);

        var number = await town.ReportAsync(laboratory, other.Number, resultNumber: "R-1");
        var reused = await town.ReportAsync(laboratory, other.Number, resultNumber: "R-2", key: key);
        var elsewhere = await town.ReportAsync(town.Laboratory("hospital"), other.Number, resultNumber: "R-1", key: key);

        (number.StatusCode, await Town.ProblemAsync(number)).ShouldBe((HttpStatusCode.Conflict, "result_number_taken"));
        (reused.StatusCode, await Town.ProblemAsync(reused)).ShouldBe((HttpStatusCode.Conflict, "idempotency_key_reused"));
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Withdrawing_turns_the_code_back_and_the_history_says_why()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var withdrawn = await town.ListenAsync<CaseWithdrawn>();
        var receipt = await town.ReportPositiveAsync(person.Number);
        person.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh");

        var taken = await Town.ReadAsync<LabResultReceipt>(await town.WithdrawAsync(town.Laboratory(), receipt.Id));

        (taken.WithdrawnAt, taken.WithdrawalReason).ShouldBe((town.Now, WithdrawalReason.SamplesMixedUp));
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
        var last = (await town.HistoryOfAsync(person))[0];
        (last.From, last.Color, last.Cause, last.CauseText).ShouldBe((CodeColor.Red, CodeColor.Green, ChangeCause.ResultWithdrawn, "检测结果已被撤回"));
        await Eventually.Async(() => withdrawn.Count == 1);
        var known = (await CasesAsync(town)).ShouldHaveSingleItem();
        (withdrawn.Single().CaseId, known.WithdrawnAt).ShouldBe((known.CaseId, town.Now));
    }

    [Fact]
    public async Task Withdrawing_twice_is_withdrawing_once()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var receipt = await town.ReportPositiveAsync(person.Number);

        var first = await Town.ReadAsync<LabResultReceipt>(await town.WithdrawAsync(town.Laboratory(), receipt.Id));
        town.Clock.Advance(TimeSpan.FromHours(1));
        var second = await Town.ReadAsync<LabResultReceipt>(await town.WithdrawAsync(town.Officer(), receipt.Id));

        second.ShouldBe(first);
        (await town.HistoryOfAsync(person)).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Only_the_laboratory_that_reported_or_a_health_officer_can_withdraw()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var receipt = await town.ReportPositiveAsync(person.Number);

        var stranger = await town.WithdrawAsync(town.Laboratory("hospital"), receipt.Id);

        (stranger.StatusCode, await Town.ProblemAsync(stranger)).ShouldBe((HttpStatusCode.NotFound, "lab_result_unknown"));
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Red);
        (await town.WithdrawAsync(town.Officer(), receipt.Id)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_second_positive_result_of_the_same_illness_supports_the_case_and_inherits_it()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var first = await town.ReportPositiveAsync(person.Number);
        var second = await Town.ReadAsync<LabResultReceipt>(await town.ReportAsync(town.Laboratory(), person.Number, sampledAt: town.Now.AddHours(-2)));

        (await CasesAsync(town)).Length.ShouldBe(1);
        await town.WithdrawAsync(town.Officer(), first.Id);

        var code = await town.CodeOfAsync(person);
        (code.Color, code.Reason.Evidence.Single().Id).ShouldBe((CodeColor.Red, second.Id));
        var cases = await CasesAsync(town);
        cases.Length.ShouldBe(2);
        cases.Single(known => known.WithdrawnAt is null).OnsetAt.ShouldBe(second.SampledAt);
    }

    [Fact]
    public async Task Somebody_who_has_not_registered_is_a_case_all_the_same_and_registers_red()
    {
        await using var town = await Town.StartAsync(servers);
        var (number, account) = (town.NewNumber(), Guid.NewGuid());
        await town.ReportPositiveAsync(number);
        var known = (await CasesAsync(town)).ShouldHaveSingleItem();

        var client = town.App.As(account, Roles.Citizen);
        var registration = await Town.ReadAsync<Registration>(await client.PutAsJsonAsync("/health-code/v1/me", new { name = "王芳", citizenNumber = number }));

        registration.CitizenId.ShouldBe(known.CitizenId);
        (await town.GetAsync<ShowMyCode.MyCode>(client, "/health-code/v1/me/code")).Color.ShouldBe(CodeColor.Red);
    }

    [Fact]
    public async Task Times_that_cannot_be_are_refused()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, laboratory) = (await town.NewPersonAsync(), town.Laboratory());

        (await Town.ProblemAsync(await town.ReportAsync(laboratory, person.Number, sampledAt: town.Now.AddSeconds(1)))).ShouldBe("time_in_future");
        (await Town.ProblemAsync(await town.ReportAsync(laboratory, person.Number, onsetAt: town.Now.AddSeconds(1)))).ShouldBe("time_in_future");
        (await Town.ProblemAsync(await town.ReportAsync(laboratory, person.Number, sampledAt: town.Now.AddDays(-31)))).ShouldBe("time_too_long_ago");
        (await Town.ProblemAsync(await town.ReportAsync(laboratory, person.Number, onsetAt: DateTimeOffset.MinValue))).ShouldBe("time_too_long_ago");
    }

    private static async Task<ListCases.Entry[]> CasesAsync(Town town) => [.. (await town.GetAsync<Page<ListCases.Entry>>(town.Officer(), "/health-code/v1/cases")).Items];
}

using System.Net;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class DeclarationTests(CityServers servers)
{
    [Fact]
    public async Task Declared_symptoms_turn_the_code_yellow_and_a_correction_turns_it_back()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var news = await town.ListenAsync<SymptomsDeclared>();

        var declared = await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(person.Client, "/me/health-declarations", new { symptoms = new[] { "fever", "cough" } }));

        var code = await town.CodeOfAsync(person);
        (code.Color, code.Reason.Rule, code.ValidUntil).ShouldBe((CodeColor.Yellow, "symptoms", town.Now.AddDays(3)));
        code.Reason.Evidence.ShouldHaveSingleItem().Id.ShouldBe(declared.Id);
        await Eventually.Async(() => news.Any(event_ => event_.DeclarationId == declared.Id));
        await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(person.Client, $"/me/declarations/{declared.Id}/correction", new { symptoms = new[] { "cough" } }));
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
        await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(person.Client, $"/me/declarations/{declared.Id}/correction", new { }));
        (await town.GetAsync<Page<ListMyEvidence.Entry>>(person.Client, "/health-code/v1/me/evidence")).Items.ShouldHaveSingleItem().WithdrawnAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_same_declaration_sent_twice_is_one()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, key) = (await town.NewPersonAsync(), Guid.NewGuid());

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Town.PostAsync(person.Client, "/me/health-declarations", new { symptoms = Array.Empty<string>() }, key)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM evidence")).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_corrects_what_somebody_else_said()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, stranger) = (await town.NewPersonAsync(), await town.NewPersonAsync());
        var result = await town.ReportPositiveAsync(person.Number);
        var declared = await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(person.Client, "/me/health-declarations", new { symptoms = new[] { "fever" } }));

        (await Town.ProblemAsync(await Town.PostAsync(person.Client, $"/me/declarations/{result.Id}/correction", new { }))).ShouldBe("declaration_unknown");
        (await Town.ProblemAsync(await Town.PostAsync(stranger.Client, $"/me/declarations/{declared.Id}/correction", new { }))).ShouldBe("declaration_unknown");
        (await Town.ProblemAsync(await Town.PostAsync(person.Client, $"/me/declarations/{declared.Id}/correction", new { celsius = 36.6 }))).ShouldBe("correction_does_not_fit");
    }

    [Fact]
    public async Task A_positive_rapid_test_is_yellow_until_a_laboratory_finds_otherwise()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(
            town.Laboratory(), "/evidence", new { citizenNumber = person.Number, kind = "rapidTest", at = town.Now.AddHours(-2), positive = true }));

        (await town.CodeOfAsync(person)).Reason.Rule.ShouldBe("positive-rapid-test");
        await town.ReportAsync(town.Laboratory(), person.Number, LabOutcome.Negative, sampledAt: town.Now.AddHours(-1));
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
    }

    [Fact]
    public async Task A_report_that_was_wrong_is_withdrawn_and_leaves_no_trace_in_the_colour()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var report = await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(
            town.Laboratory(), "/evidence", new { citizenNumber = person.Number, kind = "rapidTest", at = town.Now.AddHours(-2), positive = true }));

        await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(town.Officer(), $"/evidence/{report.Id}/withdrawal", new { reason = "wrongPerson" }));

        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
        (await town.HistoryOfAsync(person))[0].Cause.ShouldBe(ChangeCause.EvidenceWithdrawn);
    }

    [Fact]
    public async Task A_fever_taken_at_a_door_is_evidence_about_whoever_showed_the_code()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var news = await town.ListenAsync<TemperatureTaken>();
        var credential = (await town.GetAsync<IssueCredential.Credential>(person.Client, "/health-code/v1/me/credential")).Text;
        var venue = town.App.As(Guid.NewGuid(), Roles.VenueOperator);

        await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(venue, "/temperatures", new { celsius = 38.2, credential }));

        (await town.CodeOfAsync(person)).Reason.Rule.ShouldBe("fever");
        await Eventually.Async(() => news.Any(reading => reading.Fever));
        (await Town.ProblemAsync(await Town.PostAsync(venue, "/temperatures", new { celsius = 36.6, credential = "HC1:NONSENSE" }))).ShouldBe("credential_invalid");
    }

    [Fact]
    public async Task An_areas_risk_that_an_officer_accepts_concerns_whoever_lives_or_was_there_until_it_is_taken_back()
    {
        await using var town = await Town.StartAsync(servers);
        var (resident, visitor, neighbour) = (await town.NewPersonAtAsync(31.234, 121.474), await town.NewPersonAtAsync(31.5, 121.9), await town.NewPersonAtAsync(31.234, 121.6));
        await Town.ReadAsync<EvidenceReceipt>(await Town.PostAsync(visitor.Client, "/me/trips", new
        {
            region = "310000", from = town.Now.AddDays(-1), until = town.Now.AddDays(1), place = new { latitude = 31.234, longitude = 121.474 },
        }));
        var proposal = new AreaRiskProposed(Guid.NewGuid(), "3123N12147E", AreaRisk.High, "9 cases in 7 days where 1 is usual", town.Now, town.Now.AddDays(7));
        await town.PublishAsync(proposal);
        await Eventually.Async(async () => (await town.GetAsync<Page<AreaRisks.Entry>>(town.Officer(), "/health-code/v1/area-risks")).Items.Count == 1);
        (await town.CodeOfAsync(resident)).Color.ShouldBe(CodeColor.Green);

        await Town.ReadAsync<AreaRisks.Entry>(await Town.PostAsync(town.Officer(), $"/area-risks/{proposal.ProposalId}/decision", new { accept = true }));

        await Eventually.Async(async () => (await town.CodeOfAsync(resident)).Color == CodeColor.Yellow && (await town.CodeOfAsync(visitor)).Color == CodeColor.Yellow);
        var code = await town.CodeOfAsync(resident);
        (code.ValidUntil, code.Reason.Rule).ShouldBe((town.Now.AddDays(7), "high-risk-area"));
        (await town.CodeOfAsync(visitor)).ValidUntil.ShouldBe(town.Now.AddDays(8));
        (await town.CodeOfAsync(neighbour)).Color.ShouldBe(CodeColor.Green);
        await Town.ReadAsync<AreaRisks.Entry>(await Town.PostAsync(town.Officer(), $"/area-risks/{proposal.ProposalId}/withdrawal", new { }));
        await Eventually.Async(async () => (await town.CodeOfAsync(resident)).Color == CodeColor.Green && (await town.CodeOfAsync(visitor)).Color == CodeColor.Green);
    }

    [Fact]
    public async Task Codes_are_counted_by_cell_and_small_counts_are_nought()
    {
        await using var town = await Town.StartAsync(servers);
        foreach (var _ in Enumerable.Range(0, 5)) await town.NewPersonAtAsync(31.234, 121.474);
        var ill = await town.NewPersonAtAsync(31.234, 121.474);
        await town.ReportPositiveAsync(ill.Number);
        var counts = await town.ListenAsync<CodesCounted>();

        await using var counting = await town.AnotherReplicaAsync(("CountCodes:Interval", "00:00:00.200"));

        await Eventually.Async(() => !counts.IsEmpty);
        var count = counts.First();
        (count.Cell, count.Green, count.Yellow, count.Red).ShouldBe(("3123N12147E", 5, 0, 0));
    }
}

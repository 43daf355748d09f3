extern alias verify;

using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;
using verify::SmartCity.Verify;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class OverrideTests(CityServers servers)
{
    [Fact]
    public async Task A_single_officer_turns_nobody_red_whatever_roles_they_hold()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var officer = town.Officer(Guid.NewGuid(), Roles.HealthOfficer, Roles.Approver, Roles.DepartmentOfficer, Roles.Operator);

        var order = await ProposeAsync(officer, town, [person.CitizenId]);
        (await Town.ProblemAsync(await Town.PostAsync(officer, $"/overrides/{order.Id}/approval", new { }))).ShouldBe("override_own_proposal");
        await Town.PostAsync(officer, "/evidence", new { citizenNumber = person.Number, kind = "recovery", at = town.Now });

        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
    }

    [Fact]
    public async Task Two_officers_do_with_a_reason_an_end_a_notice_and_a_public_entry_without_names()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        var order = await OrderAsync(town, [person.CitizenId]);

        var code = await town.CodeOfAsync(person);
        (code.Color, code.Reason.Rule, code.ValidUntil).ShouldBe((CodeColor.Red, "isolation-order", order.Until));
        var notice = (await town.GetAsync<Page<ListMyNotices.Entry>>(person.Client, "/health-code/v1/me/notices")).Items.ShouldHaveSingleItem();
        (notice.Kind, notice.Reference).ShouldBe((NoticeKind.OverrideOrdered, order.Id));
        (await town.GetAsync<Page<ListMyAccessLog.Entry>>(person.Client, "/health-code/v1/me/access-log")).Items.Count(look => look.Purpose == AccessPurpose.Override).ShouldBe(2);
        var entry = (await town.GetAsync<Page<ShowPublicLog.Entry>>(town.App.Anyone(), "/health-code/v1/override-log")).Items.ShouldHaveSingleItem();
        entry.Kind.ShouldBe(PublicEntryKind.OverrideApproved);
        entry.Content.ShouldContain("isolationOrder");
        entry.Content.ShouldNotContain(person.CitizenId.ToString());
        town.Clock.Set(order.Until);
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
    }

    [Fact]
    public async Task Any_officer_alone_takes_an_order_back()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var order = await OrderAsync(town, [person.CitizenId]);

        await Town.ReadAsync<ProposeOverride.Order>(await Town.PostAsync(town.Officer(), $"/overrides/{order.Id}/revocation", new { }));

        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
        (await town.GetAsync<Page<ListMyNotices.Entry>>(person.Client, "/health-code/v1/me/notices")).Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Orders_are_capped_in_people_in_time_and_in_a_day()
    {
        await using var town = await Town.StartAsync(servers);
        var people = await Task.WhenAll(Enumerable.Range(0, 21).Select(_ => town.NewPersonAsync()));
        Guid[] ids = [.. people.Select(person => person.CitizenId)];
        var officer = town.Officer();

        (await Town.ProblemAsync(await ProposalAsync(officer, ids, town.Now.AddDays(7)))).ShouldBe("override_too_many");
        (await Town.ProblemAsync(await ProposalAsync(officer, [ids[0]], town.Now.AddDays(15)))).ShouldBe("override_end_invalid");
        (await Town.ProblemAsync(await ProposalAsync(officer, [ids[0]], town.Now))).ShouldBe("override_end_invalid");
        (await Town.ProblemAsync(await ProposalAsync(officer, [Guid.NewGuid()], town.Now.AddDays(1)))).ShouldBe("citizen_unknown");
        for (var order = 0; order < 3; order++) (await ProposalAsync(officer, ids[..20], town.Now.AddDays(7))).EnsureSuccessStatusCode();
        (await Town.ProblemAsync(await ProposalAsync(officer, [ids[20]], town.Now.AddDays(7)))).ShouldBe("override_too_many_today");
    }

    [Fact]
    public async Task The_public_log_is_verified_by_anybody_and_any_row_that_was_tampered_with_is_found()
    {
        await using var town = await Town.StartAsync(servers);
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => town.NewPersonAsync()));
        // At the same time: each entry still follows exactly one other.
        await Task.WhenAll(people.Select(person => OrderAsync(town, [person.CitizenId])));
        var kept = Path.GetTempFileName();

        (await VerifyAsync(town, "--keep", kept)).Code.ShouldBe(0);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => town.Database.ExecuteAsync("UPDATE public_log SET content = '{}'"));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => town.Database.ExecuteAsync("DELETE FROM public_log"));
        // Whoever owns the database can lift the guard; the chain still tells.
        await town.Database.ExecuteAsync("ALTER TABLE public_log DISABLE TRIGGER only_added_to");
        for (var seq = 1; seq <= 4; seq++)
        {
            foreach (var column in new[] { "content", "at", "kind", "previous", "hash" })
            {
                var before = await town.Database.ScalarAsync<string>($"SELECT {column} FROM public_log WHERE seq = {seq}");
                var forged = column switch { "kind" => "OverrideRevoked", "hash" or "previous" => new string('1', 64), _ => before.Replace("2022", "2021") };
                await town.Database.ExecuteAsync($"UPDATE public_log SET {column} = '{forged}' WHERE seq = {seq}");
                (await VerifyAsync(town)).Code.ShouldBe(1, $"{column} of {seq}");
                await town.Database.ExecuteAsync($"UPDATE public_log SET {column} = '{before}' WHERE seq = {seq}");
            }
        }

        (await VerifyAsync(town)).Code.ShouldBe(0);
        // Cut off at its end, it is whole in itself; a head that was kept earlier tells.
        await town.Database.ExecuteAsync("DELETE FROM public_log WHERE seq = 4");
        (await VerifyAsync(town)).Code.ShouldBe(0);
        (await VerifyAsync(town, "--head", kept)).Text.ShouldContain("ends at 3");
        File.Delete(kept);
    }

    private static async Task<(int Code, string Text)> VerifyAsync(Town town, params string[] options)
    {
        var output = new StringWriter();
        var client = town.App.Anyone();
        var code = await OverrideLog.RunAsync(["--at", client.BaseAddress!.ToString(), .. options], client, output);
        return (code, output.ToString());
    }

    private static async Task<ProposeOverride.Order> OrderAsync(Town town, Guid[] people)
    {
        var order = await ProposeAsync(town.Officer(), town, people);
        return await Town.ReadAsync<ProposeOverride.Order>(await Town.PostAsync(town.Approver(), $"/overrides/{order.Id}/approval", new { }));
    }

    private static async Task<ProposeOverride.Order> ProposeAsync(HttpClient officer, Town town, Guid[] people) =>
        await Town.ReadAsync<ProposeOverride.Order>(await ProposalAsync(officer, people, town.Now.AddDays(7)));

    private static Task<HttpResponseMessage> ProposalAsync(HttpClient officer, Guid[] people, DateTimeOffset until) =>
        Town.PostAsync(officer, "/overrides", new { reason = "isolationOrder", color = "red", citizenIds = people, until });
}

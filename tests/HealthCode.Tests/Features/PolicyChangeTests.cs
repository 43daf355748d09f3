using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class PolicyChangeTests(CityServers servers)
{
    private const string Policies = "/health-code/v1/policies";

    [Fact]
    public async Task A_policy_is_tried_on_the_whole_city_before_anybody_is_concerned()
    {
        await using var town = await Town.StartAsync(servers);
        var contacts = await ContactsAsync(town, 8);
        await DraftAsync(town);

        var report = await DryRunAsync(town);

        (report.Walk.Looked, report.Walk.Changed, report.Walk.Failed).ShouldBe((10, 8, 0));
        var change = report.Changes.ShouldHaveSingleItem();
        (change.Rule, change.From, change.To, change.BornIn, change.People).ShouldBe(("nothing-known", CodeColor.Yellow, CodeColor.Green, 1970, 8L));
        (await town.CodeOfAsync(contacts[0])).Color.ShouldBe(CodeColor.Yellow);
        var samples = await Town.ReadAsync<DryRunPolicy.Sample[]>(await Town.PostAsync(town.Officer(), "/policies/2022-3/dry-run/samples", new { }));
        var seen = contacts.Single(contact => contact.CitizenId == samples[0].CitizenId);
        (await town.GetAsync<Page<ListMyAccessLog.Entry>>(seen.Client, "/health-code/v1/me/access-log")).Items.ShouldContain(look => look.Purpose == AccessPurpose.DryRunSample);
    }

    [Fact]
    public async Task Two_people_other_than_who_drafted_it_must_approve_after_the_dry_run()
    {
        await using var town = await Town.StartAsync(servers);
        var author = town.Officer(Guid.NewGuid(), Roles.HealthOfficer, Roles.Approver);
        var (first, second) = (town.Approver(), town.Approver());
        await DraftAsync(town, author);

        (await RefusalAsync(first, "/policies/2022-3/approval")).ShouldBe("policy_not_tried");
        await DryRunAsync(town);
        (await RefusalAsync(author, "/policies/2022-3/approval")).ShouldBe("policy_own_draft");
        await Town.ReadAsync<ShowPolicies.Summary>(await Town.PostAsync(first, "/policies/2022-3/approval", new { }));
        (await RefusalAsync(first, "/policies/2022-3/approval")).ShouldBe("policy_approved_already");
        (await Town.ProblemAsync(await ReleaseAsync(town, 10))).ShouldBe("policy_not_approved");
        await Town.ReadAsync<ShowPolicies.Summary>(await Town.PostAsync(second, "/policies/2022-3/approval", new { }));
        (await ReleaseAsync(town, 10)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_goes_to_a_district_then_to_all_and_back_and_each_time_codes_follow()
    {
        await using var town = await Town.StartAsync(servers);
        var contacts = await ContactsAsync(town, 8);
        var (here, there) = (contacts[0], contacts[1]);
        await MoveAsync(here, 31.234, 121.474);
        await MoveAsync(there, 31.5, 121.9);
        await ApprovedAsync(town);

        (await ReleaseAsync(town, 0, "312N1214E")).EnsureSuccessStatusCode();
        await Eventually.Async(async () => await ColorAsync(town, here) == CodeColor.Green);
        (await ColorAsync(town, there)).ShouldBe(CodeColor.Yellow);
        (await town.CodeOfAsync(here)).Reason.Policy.ShouldBe("2022-3");
        (await town.HistoryOfAsync(here))[0].Cause.ShouldBe(ChangeCause.PolicyChanged);

        (await Town.ProblemAsync(await ReleaseAsync(town, 0))).ShouldBe("policy_stage_smaller");
        (await ReleaseAsync(town, 100, "312N1214E")).EnsureSuccessStatusCode();
        // The others are green as before; they are written when they look.
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM citizen_codes WHERE policy_version = '2022-3' AND color = 'Green'") == 8);

        (await Town.PostAsync(town.Officer(), "/policies/2022-3/rollback", new { reason = "Contacts must stay yellow." })).EnsureSuccessStatusCode();
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM citizen_codes WHERE policy_version = '2022-2' AND color = 'Yellow'") == 8);
        (await Town.ProblemAsync(await ReleaseAsync(town, 100, "312N1214E"))).ShouldBe("policy_rolled_back");
    }

    [Fact]
    public async Task A_share_of_the_people_is_a_share_and_grows()
    {
        await Task.CompletedTask;
        var people = Enumerable.Range(0, 20_000).Select(_ => new CitizenId(Guid.CreateVersion7())).ToArray();

        var tenth = people.Where(person => PolicyRelease.ShareOf(person) < 10).ToHashSet();

        tenth.Count.ShouldBeInRange(1_700, 2_300);
        people.Where(person => PolicyRelease.ShareOf(person) < 30).ShouldBeSubsetOf(people);
        tenth.ShouldBeSubsetOf(people.Where(person => PolicyRelease.ShareOf(person) < 30));
    }

    [Fact]
    public async Task A_recomputation_goes_on_where_it_was_when_its_connections_are_cut_and_decides_about_each_once()
    {
        await using var town = await Town.StartAsync(servers);
        await ContactsAsync(town, 25);
        await ApprovedAsync(town);
        var changes = await town.ListenAsync<HealthCodeChanged>();

        (await ReleaseAsync(town, 100)).EnsureSuccessStatusCode();
        while (await town.Database.ScalarAsync<long>("SELECT count(*) FROM city_walks WHERE kind = 'Recompute' AND finished_at IS NULL") == 1)
        {
            await town.Database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%citizen_codes%' AND pid <> pg_backend_pid()");
            await Task.Delay(30);
        }

        (await town.Database.ScalarAsync<long>("SELECT looked FROM city_walks WHERE kind = 'Recompute'")).ShouldBe(27);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM code_changes WHERE cause = 'PolicyChanged'")).ShouldBe(25);
        await Eventually.Async(() => changes.Count(change => change.To == CodeColor.Green && change.From == CodeColor.Yellow) >= 25);
    }

    [Fact]
    public async Task A_policy_that_cannot_decide_is_not_kept()
    {
        await using var town = await Town.StartAsync(servers);
        var document = await NextAsync(town);
        document["rules"]![0]!["until"] = JsonNode.Parse("""{"plusTime":[{"var":"fact.minutes"},1,"day"]}""");

        foreach (var body in new JsonNode?[] { document, new JsonObject(), null, JsonValue.Create("2022-3"), new JsonArray() })
            (await RefusalAsync(town.Officer(), "/policies", body ?? JsonValue.Create(0))).ShouldBe("policy_invalid");
    }

    [Fact]
    public async Task Everybody_reads_the_rules_in_force()
    {
        await using var town = await Town.StartAsync(servers);

        var document = await town.GetAsync<JsonNode>(town.App.Anyone(), $"{Policies}/in-force");

        document["version"]!.GetValue<string>().ShouldBe("2022-2");
    }

    /// <summary>The policy in force, without close contacts.</summary>
    private static async Task<JsonNode> NextAsync(Town town)
    {
        var document = await town.GetAsync<JsonNode>(town.App.Anyone(), $"{Policies}/in-force");
        document["version"] = "2022-3";
        var rules = document["rules"]!.AsArray();
        rules.Remove(rules.Single(rule => rule!["id"]!.GetValue<string>() == "close-contact"));
        return document;
    }

    private static async Task DraftAsync(Town town, HttpClient? author = null) =>
        (await (author ?? town.Officer()).PostAsJsonAsync(Policies, await NextAsync(town))).StatusCode.ShouldBe(HttpStatusCode.Created);

    private static async Task<DryRunPolicy.Report> DryRunAsync(Town town)
    {
        await Town.ReadAsync<ShowPolicies.Walk>(await Town.PostAsync(town.Officer(), "/policies/2022-3/dry-run", new { }));
        await Eventually.Async(async () => (await town.GetAsync<DryRunPolicy.Report>(town.Officer(), $"{Policies}/2022-3/dry-run")).Walk.FinishedAt is not null);
        return await town.GetAsync<DryRunPolicy.Report>(town.Officer(), $"{Policies}/2022-3/dry-run");
    }

    private static async Task ApprovedAsync(Town town)
    {
        await DraftAsync(town);
        await DryRunAsync(town);
        for (var approval = 0; approval < PolicyRelease.ApprovalsNeeded; approval++)
            await Town.ReadAsync<ShowPolicies.Summary>(await Town.PostAsync(town.Approver(), "/policies/2022-3/approval", new { }));
    }

    private static Task<HttpResponseMessage> ReleaseAsync(Town town, int percent, params string[] districts) =>
        town.Officer().PutAsJsonAsync($"{Policies}/2022-3/release", new { percent, districts });

    private static async Task<string?> RefusalAsync(HttpClient client, string path, object? body = null) => await Town.ProblemAsync(await Town.PostAsync(client, path, body ?? new { }));

    private static async Task<CodeColor> ColorAsync(Town town, Person person) =>
        Enum.Parse<CodeColor>(await town.Database.ScalarAsync<string>($"SELECT color FROM citizen_codes WHERE citizen_id = '{person.CitizenId}'"));

    private static async Task MoveAsync(Person person, double latitude, double longitude) =>
        (await person.Client.PutAsJsonAsync("/health-code/v1/me", new { name = "王芳", citizenNumber = person.Number, home = new { latitude, longitude } })).EnsureSuccessStatusCode();

    /// <summary>So many people who are yellow as contacts, and two who are green.</summary>
    private static async Task<Person[]> ContactsAsync(Town town, int count)
    {
        await town.NewPersonAsync();
        await town.NewPersonAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => town.NewPersonAsync()));
        foreach (var person in people)
        {
            await town.PublishAsync(new ExposureDetected(
                Guid.NewGuid(), Guid.NewGuid(), person.CitizenId, Guid.NewGuid(), "3123N12147E", 45, town.Now.AddHours(-2), town.Now.AddHours(-1), town.Now));
        }

        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM citizen_codes WHERE color = 'Yellow'") == count);
        return people;
    }
}

using System.Net;
using System.Net.Http.Json;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class GateTests(CityServers servers)
{
    [Fact]
    public async Task A_gate_has_many_codes_checked_at_once_and_each_person_sees_it()
    {
        await using var town = await Town.StartAsync(servers);
        var people = new List<Person>();
        for (var i = 0; i < 5; i++) people.Add(await town.NewPersonAsync());
        var texts = new List<string>();
        foreach (var person in people) texts.Add((await town.GetAsync<IssueCredential.Credential>(person.Client, "/health-code/v1/me/credential")).Text);
        await town.ReportPositiveAsync(people[1].Number);
        texts.Insert(2, "SC1:NOTHING");

        using var gate = town.App.As(Guid.NewGuid(), Roles.VenueOperator);
        var answer = await Town.ReadAsync<VerifyCredential.BatchVerdict>(await gate.PostAsJsonAsync("/health-code/v1/credentials/verify/batch", new { credentials = texts }));

        answer.Verdicts.Select(verdict => verdict.Color).ShouldBe([CodeColor.Green, CodeColor.Red, null, CodeColor.Green, CodeColor.Green, CodeColor.Green]);
        answer.Verdicts[2].Valid.ShouldBeFalse();
        foreach (var person in people)
            (await town.GetAsync<Page<ListMyAccessLog.Entry>>(person.Client, "/health-code/v1/me/access-log")).Items.ShouldHaveSingleItem().Purpose.ShouldBe(AccessPurpose.Verification);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public async Task A_batch_of_none_or_too_many_is_refused(int count)
    {
        await using var town = await Town.StartAsync(servers);
        using var gate = town.App.As(Guid.NewGuid(), Roles.VenueOperator);

        var answer = await gate.PostAsJsonAsync("/health-code/v1/credentials/verify/batch", new { credentials = Enumerable.Repeat("SC1:X", count) });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task By_id_card_a_gate_hears_whether_to_admit_and_nothing_else()
    {
        await using var town = await Town.StartAsync(servers);
        var (green, red) = (await town.NewPersonAsync(), await town.NewPersonAsync());
        await town.ReportPositiveAsync(red.Number);
        using var gate = town.App.As(Guid.NewGuid(), Roles.VenueOperator);

        (await AskAsync(gate, green.Number)).ShouldBe("""{"admit":true}""");
        (await AskAsync(gate, red.Number)).ShouldBe("""{"admit":false}""");
        // Whether a number is known is not told.
        (await AskAsync(gate, town.NewNumber())).ShouldBe("""{"admit":false}""");
        (await gate.PostAsJsonAsync("/health-code/v1/gates/id-card", new { citizenNumber = "310101197001010019" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var look = (await town.GetAsync<Page<ListMyAccessLog.Entry>>(green.Client, "/health-code/v1/me/access-log")).Items.ShouldHaveSingleItem();
        look.PurposeText.ShouldBe("Your ID card was checked at a gate");
    }

    [Fact]
    public async Task One_account_asks_no_faster_than_people_pass_however_many_replicas_it_asks()
    {
        await using var town = await Town.StartAsync(servers);
        var account = Guid.NewGuid();
        await using var second = await town.AnotherReplicaAsync();
        HttpClient[] gates = [town.App.As(account, Roles.VenueOperator), second.As(account, Roles.VenueOperator)];
        async Task<HttpStatusCode> AskOneOfAsync(int i) => (await gates[i % 2].PostAsJsonAsync("/health-code/v1/gates/id-card", new { citizenNumber = town.NewNumber() })).StatusCode;

        for (var i = 0; i < 60; i++) (await AskOneOfAsync(i)).ShouldBe(HttpStatusCode.OK);
        (await AskOneOfAsync(0)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskOneOfAsync(1)).ShouldBe(HttpStatusCode.TooManyRequests);
        town.Clock.Advance(TimeSpan.FromMinutes(1));
        (await AskOneOfAsync(0)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("en", "Your health code is green. It holds until 21 March 2022, 16:00.")]
    [InlineData("zh-CN", "您的健康码是绿码。有效期至2022年3月21日16时0分。")]
    public async Task A_code_is_read_out_in_sentences(string language, string beginning)
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        person.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

        var answer = await person.Client.GetAsync("/health-code/v1/me/code/spoken");
        var text = await answer.Content.ReadAsStringAsync();

        text.ShouldStartWith(beginning);
        text.Length.ShouldBeGreaterThan(beginning.Length);
        text.ShouldNotContain("{");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
    }

    private static async Task<string> AskAsync(HttpClient gate, string number)
    {
        var answer = await gate.PostAsJsonAsync("/health-code/v1/gates/id-card", new { citizenNumber = number });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }
}

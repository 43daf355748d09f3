using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class ExplanationTests(CityServers servers)
{
    [Fact]
    public async Task The_explanation_can_be_shown_signed_in_both_languages_and_names_nobody()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var result = await town.ReportPositiveAsync(person.Number);

        var code = await town.CodeOfAsync(person);

        var claims = (await OpenAsync(town, code.Reason.Statement)).ShouldNotBeNull();
        (claims.GetProperty("color").GetString(), claims.GetProperty("policy").GetString(), claims.GetProperty("rule").GetString()).ShouldBe(("red", "2022-2", "positive-result"));
        claims.GetProperty("validUntil").GetDateTimeOffset().ShouldBe(code.ValidUntil);
        claims.GetProperty("evidence")[0].GetProperty("id").GetGuid().ShouldBe(result.Id);
        claims.GetProperty("reason").GetProperty("zh").GetString().ShouldBe("检测机构报告您的检测结果为阳性。");
        claims.GetProperty("change").GetProperty("en").GetString()!.ShouldNotBeEmpty();
        claims.GetRawText().ShouldNotContain(person.CitizenId.ToString());
        claims.GetRawText().ShouldNotContain(person.Number);
    }

    [Fact]
    public async Task A_statement_that_was_changed_does_not_open()
    {
        await using var town = await Town.StartAsync(servers);
        var statement = (await town.CodeOfAsync(await town.NewPersonAsync())).Reason.Statement.Split('.');
        var forged = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(statement[1])).Replace("green", "red")));

        (await OpenAsync(town, $"{statement[0]}.{forged}.{statement[2]}")).ShouldBeNull();
    }

    [Fact]
    public async Task A_person_asks_what_their_code_was_at_any_moment()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var registered = town.Now;
        town.Clock.Advance(TimeSpan.FromHours(1));
        var result = await town.ReportPositiveAsync(person.Number);
        var red = town.Now;
        town.Clock.Advance(TimeSpan.FromHours(1));
        await town.WithdrawAsync(town.Officer(), result.Id);

        var then = await town.GetAsync<ShowStatusAt.Status>(person.Client, At(red));
        var before = await town.GetAsync<ShowStatusAt.Status>(person.Client, At(red.AddSeconds(-1)));
        var now = await town.GetAsync<ShowStatusAt.Status>(person.Client, At(town.Now));

        (then.Color, then.Since, then.Reason.Rule).ShouldBe((CodeColor.Red, red, "positive-result"));
        then.Reason.Evidence.ShouldHaveSingleItem().WithdrawnAt.ShouldBe(town.Now);
        (before.Color, now.Color).ShouldBe((CodeColor.Green, CodeColor.Green));
        (await Town.ProblemAsync(await person.Client.GetAsync(At(registered.AddSeconds(-1))))).ShouldBe("status_unknown_then");
        (await Town.ProblemAsync(await person.Client.GetAsync(At(town.Now.AddSeconds(1))))).ShouldBe("time_in_future");
    }

    [Fact]
    public async Task An_officer_asks_with_a_reason_and_the_person_reads_it()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, officer) = (await town.NewPersonAsync(), Guid.NewGuid());
        var path = $"/people/{person.CitizenId}/status-inquiries";

        (await Town.PostAsync(town.Officer(officer), path, new { at = town.Now, reason = "" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var status = await Town.ReadAsync<ShowStatusAt.Status>(await Town.PostAsync(town.Officer(officer), path, new { at = town.Now, reason = "Call of 20 March" }));

        status.Color.ShouldBe(CodeColor.Green);
        var look = (await town.GetAsync<Page<ListMyAccessLog.Entry>>(person.Client, "/health-code/v1/me/access-log")).Items.ShouldHaveSingleItem();
        (look.Reader, look.Purpose, look.Reason).ShouldBe((officer.ToString(), AccessPurpose.StatusInquiry, "Call of 20 March"));
    }

    [Fact]
    public async Task Where_a_rule_gives_no_answer_the_code_is_not_shown_and_the_services_health_says_so()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        // No door of the service lets such evidence in: an isolation without an end.
        await town.Database.ExecuteAsync($$"""
            INSERT INTO evidence (id, citizen_id, kind, source, at, detail, stated_at)
            VALUES ('{{Guid.NewGuid()}}', '{{person.CitizenId}}', 'Isolation', 'HealthCommission', '2022-03-19T00:00:00Z', '{"color":"red"}', '2022-03-19T00:00:00Z')
            """);
        town.Clock.Advance(TimeSpan.FromHours(30));

        var refused = await person.Client.GetAsync("/health-code/v1/me/code");

        (refused.StatusCode, await Town.ProblemAsync(refused)).ShouldBe((HttpStatusCode.ServiceUnavailable, "policy_failed"));
        var asked = await Should.ThrowAsync<Grpc.Core.RpcException>(async () => await new Contracts.V1.HealthCodes.HealthCodesClient(town.App.Grpc()).GetStatusAsync(
            new() { AccountId = person.Account.ToString(), Purpose = Contracts.V1.Purpose.Admission }, town.App.AsService("place-registration", "health-code:status")));
        (asked.StatusCode, asked.Status.Detail).ShouldBe((Grpc.Core.StatusCode.FailedPrecondition, "policy_failed"));
        (await (await town.App.Anyone().GetAsync("/health/ready")).Content.ReadAsStringAsync()).ShouldContain("isolation-order");
    }

    private static string At(DateTimeOffset time) => $"/health-code/v1/me/code/at?time={Uri.EscapeDataString(time.ToString("O"))}";

    private static async Task<JsonElement?> OpenAsync(Town town, string statement)
    {
        var parts = statement.Split('.');
        var kid = JsonElement.Parse(Base64Url.DecodeFromChars(parts[0])).GetProperty("kid").GetString();
        var set = await town.GetAsync<JsonElement>(town.App.Anyone(), "/health-code/v1/keys");
        var key = set.GetProperty("keys").EnumerateArray().Single(one => one.GetProperty("kid").GetString() == kid);
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(key.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(key.GetProperty("y").GetString()) },
        });
        var valid = ecdsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256);
        return valid ? JsonElement.Parse(Base64Url.DecodeFromChars(parts[1])) : null;
    }
}

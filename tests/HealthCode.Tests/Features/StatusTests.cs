using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class StatusTests(CityServers servers)
{
    [Fact]
    public async Task A_person_is_found_by_account_by_pseudonym_and_by_what_they_show()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var credential = (await town.GetAsync<IssueCredential.Credential>(person.Client, "/health-code/v1/me/credential")).Text;

        GetStatusRequest[] requests =
        [
            new() { AccountId = person.Account.ToString() },
            new() { CitizenId = person.CitizenId.ToString() },
            new() { Credential = credential },
        ];
        foreach (var request in requests)
        {
            var status = await AskAsync(town, request);

            (status.CitizenId, status.Color, status.Version).ShouldBe((person.CitizenId.ToString(), CodeColor.Green, 1));
            status.ValidUntil.ToDateTimeOffset().ShouldBe(town.Now.AddHours(24));
        }
    }

    [Fact]
    public async Task The_status_is_that_of_now()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var receipt = await town.ReportPositiveAsync(person.Number);
        var request = new GetStatusRequest { AccountId = person.Account.ToString() };

        (await AskAsync(town, request)).Color.ShouldBe(CodeColor.Red);
        await town.WithdrawAsync(town.Officer(), receipt.Id);
        (await AskAsync(town, request)).Color.ShouldBe(CodeColor.Green);
        town.Clock.Advance(TimeSpan.FromDays(3));
        (await AskAsync(town, request)).ValidUntil.ToDateTimeOffset().ShouldBe(town.Now.AddHours(24));
    }

    [Fact]
    public async Task The_newest_negative_sample_that_stands_is_told()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var request = new GetStatusRequest { AccountId = person.Account.ToString() };
        (await AskAsync(town, request)).LastNegativeSampleAt.ShouldBeNull();

        var newest = await Town.ReadAsync<LabResultReceipt>(await town.ReportAsync(town.Laboratory(), person.Number, LabOutcome.Negative, sampledAt: town.Now.AddHours(-5)));
        await town.ReportAsync(town.Laboratory(), person.Number, LabOutcome.Negative, sampledAt: town.Now.AddHours(-9));
        await town.ReportAsync(town.Laboratory(), person.Number, LabOutcome.Positive, sampledAt: town.Now.AddHours(-1));
        (await AskAsync(town, request)).LastNegativeSampleAt.ToDateTimeOffset().ShouldBe(town.Now.AddHours(-5));

        await town.WithdrawAsync(town.Officer(), newest.Id);
        (await AskAsync(town, request)).LastNegativeSampleAt.ToDateTimeOffset().ShouldBe(town.Now.AddHours(-9));
    }

    [Fact]
    public async Task Whom_scans_are_of_is_found_many_at_once_also_when_they_were_made_long_ago()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var credential = (await town.GetAsync<IssueCredential.Credential>(person.Client, "/health-code/v1/me/credential")).Text;
        var shownAt = town.Now.AddMinutes(2).ToTimestamp();
        town.Clock.Advance(TimeSpan.FromDays(3));

        var reply = await new ScannedPersons.ScannedPersonsClient(town.App.Grpc()).FindPersonsAsync(
            new FindPersonsRequest
            {
                Persons =
                {
                    new ScannedPerson { Credential = credential, ShownAt = shownAt }, new ScannedPerson { CitizenNumber = person.Number.ToLowerInvariant() },
                    new ScannedPerson { Credential = credential }, new ScannedPerson { Credential = "SC1:NOTHING" }, new ScannedPerson { CitizenNumber = "1" },
                    new ScannedPerson { CitizenNumber = town.NewNumber() }, new ScannedPerson(),
                },
            },
            town.App.AsService("place-registration", "health-code:status"));

        var id = person.CitizenId.ToString();
        reply.Persons.Select(found => (found.CitizenId, found.Fault)).ShouldBe(
        [
            (id, ""), (id, ""), ("", "credential_expired"), ("", "credential_invalid"), ("", "citizen_number_invalid"), ("", "citizen_unknown"), ("", "person_missing"),
        ]);
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>($"SELECT count(*) FROM access_log WHERE citizen_id = '{id}'") == 2);
    }

    [Fact]
    public async Task Questions_that_cannot_be_answered_are_refused_with_a_code()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var credential = (await town.GetAsync<IssueCredential.Credential>(person.Client, "/health-code/v1/me/credential")).Text;

        await RefusedAsync(new GetStatusRequest(), StatusCode.InvalidArgument, "person_missing");
        await RefusedAsync(new GetStatusRequest { AccountId = "me" }, StatusCode.InvalidArgument, "person_missing");
        await RefusedAsync(new GetStatusRequest { AccountId = Guid.NewGuid().ToString() }, StatusCode.NotFound, "citizen_unknown");
        await RefusedAsync(new GetStatusRequest { Credential = "SC1:NOTHING" }, StatusCode.InvalidArgument, "credential_invalid");
        await RefusedAsync(new GetStatusRequest { AccountId = person.Account.ToString() }, StatusCode.InvalidArgument, "purpose_missing", Purpose.Unspecified);
        town.Clock.Advance(TimeSpan.FromMinutes(10));
        await RefusedAsync(new GetStatusRequest { Credential = credential }, StatusCode.InvalidArgument, "credential_expired");

        async Task RefusedAsync(GetStatusRequest request, StatusCode status, string code, Purpose purpose = Purpose.Admission)
        {
            var refusal = await Should.ThrowAsync<RpcException>(() => AskAsync(town, request, purpose));
            (refusal.StatusCode, refusal.Trailers.GetValue("problem-code")).ShouldBe((status, code));
        }
    }

    [Fact]
    public async Task The_person_sees_which_service_asked_and_why()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        person.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        await AskAsync(town, new GetStatusRequest { AccountId = person.Account.ToString() });
        await AskAsync(town, new GetStatusRequest { CitizenId = person.CitizenId.ToString() }, Purpose.Booking);

        await Eventually.Async(async () => (await LooksAsync(town, person)).Count == 2);
        (await LooksAsync(town, person)).Select(look => (look.Reader, look.Purpose, look.PurposeText, look.At)).ShouldBe(
        [
            ("place-registration", AccessPurpose.Booking, "预约核验", town.Now),
            ("place-registration", AccessPurpose.Admission, "场所入口核验", town.Now),
        ]);
    }

    [Fact]
    public async Task Looks_that_wait_are_written_before_the_service_stops()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        for (var i = 0; i < 50; i++) await AskAsync(town, new GetStatusRequest { AccountId = person.Account.ToString() });

        await town.App.DisposeAsync();

        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM access_log")).ShouldBe(50);
    }

    private static async Task<IReadOnlyList<ListMyAccessLog.Entry>> LooksAsync(Town town, Person person) =>
        (await town.GetAsync<Page<ListMyAccessLog.Entry>>(person.Client, "/health-code/v1/me/access-log")).Items;

    private static async Task<GetStatusReply> AskAsync(Town town, GetStatusRequest request, Purpose purpose = Purpose.Admission)
    {
        request.Purpose = purpose;
        return await new HealthCodes.HealthCodesClient(town.App.Grpc()).GetStatusAsync(request, town.App.AsService("place-registration", "health-code:status"));
    }
}

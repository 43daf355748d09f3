using System.Net.Http.Json;
using Grpc.Core;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class PersonalRecordTests(CityServers servers)
{
    [Fact]
    public async Task A_department_gets_who_a_person_is_and_the_person_sees_for_what()
    {
        await using var town = await Town.StartAsync(servers);
        var (account, number, application) = (Guid.NewGuid(), town.NewNumber(), Guid.NewGuid());
        using var client = town.App.As(account, Roles.Citizen);
        await client.PutAsJsonAsync("/health-code/v1/me", new { name = "李雷", citizenNumber = number, phone = "13800000001", home = new { latitude = 31.235, longitude = 121.475 } });

        var record = await AskAsync(town, new() { AccountId = account.ToString(), Purpose = Purpose.Form, ConsentReference = application.ToString() });

        (record.Name, record.CitizenNumber, record.Phone, record.BirthDate, record.Sex, record.HomeCell)
            .ShouldBe(("李雷", number, "13800000001", "1970-01-01", number[16] % 2 == 1 ? Sex.Male : Sex.Female, "3123N12147E"));
        var look = (await town.GetAsync<Page<ListMyAccessLog.Entry>>(client, "/health-code/v1/me/access-log")).Items.ShouldHaveSingleItem();
        (look.Reader, look.Purpose, look.PurposeText, look.Reference).ShouldBe(("government-services", AccessPurpose.Form, "Filling in a form for you", application));
    }

    [Fact]
    public async Task Without_person_purpose_or_reference_nothing_is_said_or_written()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        GetPersonalRecordRequest Right() => new() { AccountId = person.Account.ToString(), Purpose = Purpose.Form, ConsentReference = Guid.NewGuid().ToString() };

        await RefusedAsync(StatusCode.InvalidArgument, "person_missing", request => request.AccountId = "somebody");
        await RefusedAsync(StatusCode.InvalidArgument, "purpose_missing", request => request.Purpose = Purpose.Admission);
        await RefusedAsync(StatusCode.InvalidArgument, "reference_missing", request => request.ConsentReference = "");
        await RefusedAsync(StatusCode.NotFound, "not_registered", request => request.AccountId = Guid.NewGuid().ToString());
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM access_log")).ShouldBe(0);

        async Task RefusedAsync(StatusCode status, string code, Action<GetPersonalRecordRequest> spoil)
        {
            var request = Right();
            spoil(request);
            var refusal = await Should.ThrowAsync<RpcException>(() => AskAsync(town, request));
            (refusal.StatusCode, refusal.Trailers.GetValue("problem-code")).ShouldBe((status, code));
        }
    }

    private static async Task<GetPersonalRecordReply> AskAsync(Town town, GetPersonalRecordRequest request) =>
        await new PersonalRecords.PersonalRecordsClient(town.App.Grpc()).GetPersonalRecordAsync(request, town.App.AsService("government-services", "health-code:person"));
}

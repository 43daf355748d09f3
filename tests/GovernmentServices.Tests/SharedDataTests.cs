using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.GovernmentServices.Features.SharedData;
using SmartCity.ServiceDefaults;
using SmartCity.Signing;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class SharedDataTests(CityServers servers)
{
    private const string Bureau = "government-services";

    [Fact]
    public async Task Data_enter_the_catalogue_when_a_second_person_agrees_and_the_certificate_says_so()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var proposed = await city.Officer(Bureau).PostedAsync<DataAssetEntryView>("/data-assets", ProposeDataAsset.Example);
        (await city.Anyone().ReadAsync<Page<DataAssetView>>("/data-assets")).Items.ShouldBeEmpty();
        (await Approver(city).ReadAsync<Page<DataAssetEntryView>>("/data-assets/proposals")).Items.ShouldHaveSingleItem().AssetId.ShouldBe(proposed.AssetId);

        var accepted = await DecideAsync(city, proposed, accept: true);

        var listed = (await city.Anyone("zh-CN").ReadAsync<Page<DataAssetView>>("/data-assets")).Items.ShouldHaveSingleItem();
        listed.Name.ShouldBe("每月诉求数量");
        listed.DepartmentName.ShouldBe("政务服务管理局");
        var keys = await city.Anyone().ReadAsync<KeySet>("/keys");
        var certificate = JsonDocument.Parse(Jws.Verify(accepted.Certificate!, DecideDataAsset.CertificateType, keys.Keys).ShouldNotBeNull()).RootElement;
        certificate.GetProperty("asset").GetGuid().ShouldBe(proposed.AssetId);
        certificate.GetProperty("owner").GetString().ShouldBe(Bureau);
        var forged = accepted.Certificate!.Split('.');
        forged[1] = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(certificate.GetRawText().Replace(Bureau, GovernmentCity.Health)));
        Jws.Verify(string.Join('.', forged), DecideDataAsset.CertificateType, keys.Keys).ShouldBeNull();
    }

    [Fact]
    public async Task Who_proposed_an_entry_does_not_decide_it_and_decisions_stand()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var both = Guid.NewGuid();
        var proposed = await city.Officer(Bureau, both).PostedAsync<DataAssetEntryView>("/data-assets", ProposeDataAsset.Example);
        var path = $"/data-assets/{proposed.AssetId}/entries/1/decision";
        using var self = city.App.As(both, Roles.Approver);
        var (approver, other) = (Approver(city), Approver(city));

        await (await self.PostJsonAsync(path, new DataAssetDecision(true))).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "second_person_required");
        await (await approver.PostJsonAsync(path, new DataAssetDecision(false))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "reason_missing");
        await approver.PostedAsync<DataAssetEntryView>(path, new DataAssetDecision(false, "No ground for it"));
        await approver.PostedAsync<DataAssetEntryView>(path, new DataAssetDecision(false, "No ground for it"));
        await (await other.PostJsonAsync(path, new DataAssetDecision(true))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "already_decided");

        (await city.Anyone().GetAsync($"{GovernmentCity.Path}/data-assets/{proposed.AssetId}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_change_and_a_cancellation_hold_when_decided_and_the_past_stays_readable()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var officer = city.Officer(Bureau);
        var asset = await RegisterAsync(city, officer, ProposeDataAsset.Example);
        var path = $"/data-assets/{asset}";

        var changed = await officer.PostedAsync<DataAssetEntryView>($"{path}/changes", ProposeDataAsset.Example with { Frequency = UpdateFrequency.Monthly });
        await (await officer.PostJsonAsync($"{path}/cancellation", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "data_asset_entry_waiting");
        await (await city.Officer().PostJsonAsync($"{path}/cancellation", null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "department_not_yours");
        (await city.Anyone().ReadAsync<DataAssetFile>(path)).Asset.Frequency.ShouldBe(UpdateFrequency.Continuous);
        await DecideAsync(city, changed, accept: true);
        (await city.Anyone().ReadAsync<DataAssetFile>(path)).Asset.Frequency.ShouldBe(UpdateFrequency.Monthly);
        await DecideAsync(city, await officer.PostedAsync<DataAssetEntryView>($"{path}/cancellation", null), accept: true);

        (await city.Anyone().ReadAsync<Page<DataAssetView>>("/data-assets")).Items.ShouldBeEmpty();
        var file = await city.Anyone().ReadAsync<DataAssetFile>(path);
        file.Asset.State.ShouldBe(DataAssetState.Cancelled);
        file.Entries.Select(entry => entry.Kind).ShouldBe([EntryKind.Registration, EntryKind.Change, EntryKind.Cancellation]);
        file.Entries.ShouldAllBe(entry => entry.Certificate != null);
        (await city.Anyone().GetAsync($"{GovernmentCity.Path}/open-data/{asset}.csv")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_proposal_that_is_sent_twice_is_one_and_a_table_that_does_not_exist_is_none()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (officer, key) = (city.Officer(Bureau), Guid.NewGuid());

        var first = await officer.PostedAsync<DataAssetEntryView>("/data-assets", ProposeDataAsset.Example, key);

        (await officer.PostedAsync<DataAssetEntryView>("/data-assets", ProposeDataAsset.Example, key)).AssetId.ShouldBe(first.AssetId);
        await (await officer.PostJsonAsync("/data-assets", ProposeDataAsset.Example with { LegalBase = "none" }, key))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        await (await officer.PostJsonAsync("/data-assets", ProposeDataAsset.Example with { Dataset = "accounts" })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "dataset_unknown");
    }

    [Fact]
    public async Task Open_data_show_no_row_that_counts_few_and_say_how_many_were_left_out()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        await ReportAsync(city, "traffic", times: 5);
        await ReportAsync(city, "supplies", times: 4);
        var asset = await RegisterAsync(city, city.Officer(Bureau), ProposeDataAsset.Example);

        var json = await city.Anyone().ReadAsync<OpenDataTable>($"/open-data/{asset}.json");
        using var csv = await city.Anyone().GetAsync($"{GovernmentCity.Path}/open-data/{asset}.csv");

        json.Withheld.ShouldBe(1);
        json.Rows.ShouldHaveSingleItem().Select(value => value!.ToString()).ShouldBe(["2022-03", "traffic", "5"]);
        (await csv.Content.ReadAsStringAsync()).ShouldBe("month,category,reports\r\n2022-03,traffic,5\r\n");
        csv.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        csv.Headers.GetValues("Rows-Withheld").Single().ShouldBe("1");
        (await city.Anyone().ReadAsync<DataAssetFile>($"/data-assets/{asset}")).Quality.ShouldBe(new DataQuality(1, 1, 1));
    }

    [Fact]
    public async Task What_is_not_public_is_not_open()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var asset = await RegisterAsync(city, city.Officer(Bureau), ProposeDataAsset.Example with { Sensitivity = DataSensitivity.Internal });

        (await city.Anyone().GetAsync($"{GovernmentCity.Path}/open-data/{asset}.json")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/open-data/catalog.ttl")).ShouldNotContain(asset.ToString());
    }

    [Fact]
    public async Task The_catalogue_for_other_portals_links_to_files_that_can_be_read()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var asset = await RegisterAsync(city, city.Officer(Bureau), ProposeDataAsset.Example);

        var turtle = await city.Anyone().GetStringAsync($"{GovernmentCity.Path}/open-data/catalog.ttl");
        var graph = await city.Anyone().GetFromJsonAsync<JsonElement>($"{GovernmentCity.Path}/open-data/catalog.jsonld");

        turtle.ShouldContain($"/open-data/{asset}.csv> .");
        turtle.ShouldContain("\"Reports per month\"@en");
        var files = graph.EnumerateArray().Where(node => node.TryGetProperty("http://www.w3.org/ns/dcat#downloadURL", out _))
            .Select(node => new Uri(node.GetProperty("http://www.w3.org/ns/dcat#downloadURL")[0].GetProperty("@id").GetString()!).AbsolutePath).ToArray();
        files.Length.ShouldBe(2);
        foreach (var file in files) (await city.Anyone().GetAsync(file)).StatusCode.ShouldBe(HttpStatusCode.OK, file);
    }

    [Fact]
    public async Task A_department_reads_what_it_was_granted_and_every_reading_is_evidence_for_both_sides()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        await ReportAsync(city, "supplies", times: 2);
        var (owner, reader) = (city.Officer(Bureau), city.Officer());
        var asset = await RegisterAsync(city, owner, ProposeDataAsset.Example with { Sensitivity = DataSensitivity.Internal });
        var request = await reader.PostedAsync<DataRequestView>($"/data-assets/{asset}/requests", Content());
        var path = $"/data-requests/{request.Id}";
        await (await reader.PostJsonAsync($"{path}/readings", null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "data_not_granted");
        (await reader.PostJsonAsync($"{path}/decision", new DataRequestDecision(true))).StatusCode.ShouldBe(HttpStatusCode.NotFound, "only the owner decides");

        (await owner.PostedAsync<DataRequestView>($"{path}/decision", new DataRequestDecision(true))).State.ShouldBe(DataRequestState.Granted);
        var data = await reader.PostedAsync<SharedData>($"{path}/readings", null);

        data.Csv.ShouldContain("supplies,2", Case.Sensitive, "a department that was granted the data sees small numbers too");
        var keys = await city.Anyone().ReadAsync<KeySet>("/keys");
        var evidence = JsonDocument.Parse(Jws.Verify(data.Reading.Evidence, ReadSharedData.EvidenceType, keys.Keys).ShouldNotBeNull()).RootElement;
        evidence.GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data.Csv))));
        evidence.GetProperty("reader").GetString().ShouldBe(GovernmentCity.Health);
        evidence.GetProperty("iat").GetInt64().ShouldBe(GovernmentCity.Start.ToUnixTimeSeconds());
        (await owner.ReadAsync<Page<DataReadView>>($"/data-assets/{asset}/readings")).Items.ShouldHaveSingleItem().Evidence.ShouldBe(data.Reading.Evidence);
        (await reader.GetAsync($"{GovernmentCity.Path}/data-assets/{asset}/readings")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        city.Clock.Advance(TimeSpan.FromDays(31));
        await (await reader.PostJsonAsync($"{path}/readings", null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "data_not_granted");
    }

    [Fact]
    public async Task What_an_owner_does_not_decide_in_time_others_see()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (owner, reader) = (city.Officer(Bureau), city.Officer());
        var asset = await RegisterAsync(city, owner, ProposeDataAsset.Example with { Sensitivity = DataSensitivity.Restricted });
        var request = await reader.PostedAsync<DataRequestView>($"/data-assets/{asset}/requests", Content());
        (await Approver(city).ReadAsync<Page<DataRequestView>>("/data-requests/overdue")).Items.ShouldBeEmpty();

        city.Clock.Advance(RequestData.DecideWithin);

        (await Approver(city).ReadAsync<Page<DataRequestView>>("/data-requests/overdue")).Items.ShouldHaveSingleItem().Id.ShouldBe(request.Id);
        (await owner.ReadAsync<Page<DataRequestView>>("/department/data-requests?direction=incoming")).Items.ShouldHaveSingleItem().State.ShouldBe(DataRequestState.Overdue);
        (await owner.ReadAsync<Page<DataRequestView>>("/department/data-requests?direction=outgoing")).Items.ShouldBeEmpty();
        await (await owner.PostJsonAsync($"/data-requests/{request.Id}/decision", new DataRequestDecision(true))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "reason_missing");
        await (await owner.PostJsonAsync($"/data-assets/{asset}/requests", Content())).ShouldBeProblemAsync(HttpStatusCode.Conflict, "data_are_yours");
    }

    private static DataRequestContent Content() => new("Planning of test sites", "Law on Infectious Diseases, art. 33", GovernmentCity.Start.AddDays(30));

    private static HttpClient Approver(GovernmentCity city) => city.App.As(Guid.NewGuid(), Roles.Approver);

    private static Task<DataAssetEntryView> DecideAsync(GovernmentCity city, DataAssetEntryView entry, bool accept) =>
        Approver(city).PostedAsync<DataAssetEntryView>($"/data-assets/{entry.AssetId}/entries/{entry.Revision}/decision", new DataAssetDecision(accept));

    private static async Task<Guid> RegisterAsync(GovernmentCity city, HttpClient officer, DataAssetRequest request)
    {
        var proposed = await officer.PostedAsync<DataAssetEntryView>("/data-assets", request);
        await DecideAsync(city, proposed, accept: true);
        return proposed.AssetId;
    }

    private static async Task ReportAsync(GovernmentCity city, string category, int times)
    {
        for (var i = 0; i < times; i++) await city.Citizen().PostedAsync<MyReportSummary>("/reports", new FileReportRequest(category, "Something is wrong."));
    }
}

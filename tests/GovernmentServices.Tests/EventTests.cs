using System.Net;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

public sealed class EventTests(CityServers servers)
{
    [Fact]
    public async Task A_report_is_told_with_its_category_and_cell_and_only_once()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        await using var tap = await BrokerTap<ReportReceived>.OnAsync(city.Broker);
        var (citizen, key) = (city.Citizen(), Guid.NewGuid());
        var request = new FileReportRequest("supplies", "No vegetables for two days", new Position(31.2304, 121.4737));

        var filed = await citizen.PostedAsync<MyReportSummary>("/reports", request, key);
        await citizen.PostedAsync<MyReportSummary>("/reports", request, key);
        var second = await citizen.PostedAsync<MyReportSummary>("/reports", request with { Position = null });

        // The second is sent no sooner than a repetition of the first would have been.
        await Eventually.Async(() => tap.Events.Any(report => report.ReportId == second.Id));
        tap.Events.ShouldBe(
            [
                new ReportReceived(filed.Id, "supplies", "3123N12147E", GovernmentCity.Start),
                new ReportReceived(second.Id, "supplies", null, GovernmentCity.Start),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_publication_and_each_correction_are_told_in_order_and_a_refused_one_is_not()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        await using var tap = await BrokerTap<BulletinPublished>.OnAsync(city.Broker);
        var officer = city.Officer();
        var (title, body) = (new ShortText("通报", "Bulletin"), new LongText("正文", "Body"));

        var published = await officer.PostedAsync<BulletinView>("/bulletins", new PublishBulletinRequest(BulletinKind.Bulletin, title, body));
        var path = $"/bulletins/{published.Id}/revisions";
        await officer.PostedAsync<BulletinView>(path, new CorrectBulletinRequest(1, title, body, title));
        await (await city.Officer().PostJsonAsync(path, new CorrectBulletinRequest(1, title, body, title))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "revision_outdated");
        await officer.PostedAsync<BulletinView>(path, new CorrectBulletinRequest(2, title, body, title));

        await Eventually.Async(() => tap.Events.Any(bulletin => bulletin.Revision == 3));
        tap.Events.ShouldBe([.. Enumerable.Range(1, 3).Select(revision => new BulletinPublished(published.Id, revision, GovernmentCity.Start))]);
    }
}

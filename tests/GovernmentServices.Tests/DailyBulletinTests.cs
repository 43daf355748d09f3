using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.EarlyWarning.Contracts.V1;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>What the city says every morning about the day before.</summary>
public sealed class DailyBulletinTests(CityServers servers)
{
    private const string Yesterday = "2022-02-28";

    [Fact]
    public async Task The_figures_of_the_day_before_are_told_once_in_both_languages_and_late_ones_make_a_correction()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var replica = city.AddReplica();
        city.Register.Cockpit.Days[Yesterday] = new DailyFigures
        {
            Date = Yesterday, NewCases = 3, Reproduction = new Interval { Mean = 1.44, Lower = 0.9, Upper = 2.06 }, Codes = new Codes { Green = 9000, Yellow = 20, Red = 5 }, OpenWarnings = 1,
        };

        // Both at once, and once more: of the two one may find that the other was first.
        await Task.WhenAll(WriteAsync(city.App), WriteAsync(replica));
        await WriteAsync(city.App);

        var bulletin = (await city.Anyone("zh-CN").ReadAsync<Page<BulletinView>>("/bulletins")).Items.ShouldHaveSingleItem();
        (bulletin.Kind, bulletin.Department, bulletin.Title).ShouldBe((BulletinKind.Bulletin, GovernmentCity.Health, "2022-02-28 疫情通报"));
        bulletin.Body.ShouldBe("新增确诊病例 3 例。\n近七日平均每例传染 1.4 人（95% 区间 0.9 至 2.1）。\n健康码：绿码 9000，黄码 20，红码 5。\n生效中的预警 1 条。");
        bulletin.Texts.En.Body.ShouldStartWith("New confirmed cases: 3.\n");

        city.Register.Cockpit.Days[Yesterday].NewCases = 4;
        await WriteAsync(city.App);
        (await city.Anyone().ReadAsync<BulletinView>($"/bulletins/{bulletin.Id}")).Revision.ShouldBe(1, "it is not corrected every minute");
        city.Clock.Advance(TimeSpan.FromHours(1));
        await WriteAsync(city.App);
        var corrected = await city.Anyone().ReadAsync<BulletinView>($"/bulletins/{bulletin.Id}");
        (corrected.Revision, corrected.Reason).ShouldBe((2, "Figures that came in later"));
        corrected.Body.ShouldStartWith("New confirmed cases: 4.\n");
    }

    [Fact]
    public async Task What_nobody_knows_is_not_said_and_before_the_time_nothing_is()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        await WriteAsync(city.App);
        city.Register.Cockpit.Fault = StatusCode.Internal;
        await Should.ThrowAsync<RpcException>(() => city.App.Services.GetRequiredService<WriteDailyBulletin>().WriteAsync(CancellationToken.None));
        city.Register.Cockpit.Fault = null;
        city.Register.Cockpit.Days["2022-03-01"] = new DailyFigures { Date = "2022-03-01", Codes = new Codes { Green = 10 } };
        // 7:59 in the city, which is eight hours ahead.
        city.Clock.Set(new DateTimeOffset(2022, 3, 1, 23, 59, 0, TimeSpan.Zero));
        await WriteAsync(city.App);
        (await city.Anyone().ReadAsync<Page<BulletinView>>("/bulletins")).Items.ShouldBeEmpty();

        city.Clock.Advance(TimeSpan.FromMinutes(1));
        await WriteAsync(city.App);

        var bulletin = (await city.Anyone().ReadAsync<Page<BulletinView>>("/bulletins")).Items.ShouldHaveSingleItem();
        bulletin.Title.ShouldBe("The epidemic on 2022-03-01");
        bulletin.Body.ShouldBe("Health codes: 10 green, 0 yellow, 0 red.\nWarnings in force: 0.");
    }

    private static async Task WriteAsync(CityApp<Program> app)
    {
        try
        {
            await app.Services.GetRequiredService<WriteDailyBulletin>().WriteAsync(CancellationToken.None);
        }
        catch (DbUpdateException fault) when (LostRaces.Is(fault))
        {
            // Another replica, or the service's own round, wrote it.
        }
    }
}

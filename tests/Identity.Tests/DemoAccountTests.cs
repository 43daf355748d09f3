using System.Net;
using SmartCity.Identity;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class DemoAccountTests(CityServers servers)
{
    [Fact]
    public async Task Every_role_of_staff_can_be_tried()
    {
        await using var app = await new IdentityApp(servers, ("Identity:DemoAccounts", "true")).StartAsync();

        foreach (var staff in DemoAccounts.All)
        {
            var reply = await app.StaffGrantAsync(staff.UserName, DemoAccounts.Password, Totp.Now(DemoAccounts.TotpSecret));
            reply.Status.ShouldBe(HttpStatusCode.OK);
            reply.Claim("role").ShouldBe([staff.Role]);
        }

        DemoAccounts.All.Select(staff => staff.Role).Distinct().ShouldBe(Roles.All.Except([Roles.Citizen, Roles.Proxy]), ignoreOrder: true);
        foreach (var phone in DemoAccounts.Phones) await app.SignInByPhoneAsync(phone);
    }

    [Fact]
    public async Task They_are_made_once_whoever_starts_again()
    {
        await using var app = await new IdentityApp(servers, ("Identity:DemoAccounts", "true")).StartAsync();
        await using var replica = app.Replica();
        _ = replica.Server;

        (await app.Database.ScalarAsync<long>("SELECT count(*) FROM accounts")).ShouldBe(DemoAccounts.All.Count);
    }

    [Fact]
    public async Task A_city_that_does_not_ask_for_them_has_none()
    {
        await using var app = await new IdentityApp(servers).StartAsync();

        (await app.Database.ScalarAsync<long>("SELECT count(*) FROM accounts")).ShouldBe(0);
    }
}

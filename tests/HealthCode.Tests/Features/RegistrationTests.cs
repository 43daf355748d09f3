using System.Net;
using System.Net.Http.Json;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class RegistrationTests(CityServers servers)
{
    private const string Me = "/health-code/v1/me";

    [Fact]
    public async Task Who_registers_gets_a_pseudonym_and_a_green_code_and_the_city_hears_of_it()
    {
        await using var town = await Town.StartAsync(servers);
        var changes = await town.ListenAsync<HealthCodeChanged>();
        var client = town.App.As(Guid.NewGuid(), Roles.Citizen);

        var registration = await Town.ReadAsync<Registration>(await client.PutAsJsonAsync(
            Me, new { name = "王芳", citizenNumber = "11010519491231002x", phone = "13800138000", home = new { latitude = 31.234, longitude = 121.478 } }));

        registration.CitizenNumber.ShouldBe("110***********002X");
        (registration.Name, registration.Phone, registration.HomeCell).ShouldBe(("王芳", "1******8000", "3123N12147E"));
        await Eventually.Async(() => changes.Count == 1);
        var change = changes.Single();
        (change.CitizenId, change.From, change.To, change.Cell, change.Version).ShouldBe((registration.CitizenId, CodeColor.Unspecified, CodeColor.Green, "3123N12147E", 1));
    }

    [Fact]
    public async Task Registering_again_brings_the_data_up_to_date_and_changes_nothing_else()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        var again = await Town.ReadAsync<Registration>(await person.Client.PutAsJsonAsync(Me, new { name = "王 芳", citizenNumber = person.Number, phone = "13900139000" }));

        (again.CitizenId, again.Name, again.Phone).ShouldBe((person.CitizenId, "王 芳", "1******9000"));
        (await town.GetAsync<Registration>(person.Client, Me)).ShouldBe(again);
        (await town.CodeOfAsync(person)).Version.ShouldBe(1);
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM citizens")).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_number_on_a_second_account_is_refused_with_what_to_do()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();

        var refused = await town.App.As(Guid.NewGuid(), Roles.Citizen).PutAsJsonAsync(Me, new { name = "李四", citizenNumber = person.Number });

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Town.ProblemAsync(refused)).ShouldBe("citizen_number_taken");
        (await refused.Content.ReadAsStringAsync()).ShouldContain("service counter");
    }

    [Fact]
    public async Task An_account_never_becomes_another_person()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, other) = (await town.NewPersonAsync(), await town.NewPersonAsync());

        var unknown = await person.Client.PutAsJsonAsync(Me, new { name = "王芳", citizenNumber = town.NewNumber() });
        var known = await person.Client.PutAsJsonAsync(Me, new { name = "王芳", citizenNumber = other.Number });

        (unknown.StatusCode, await Town.ProblemAsync(unknown)).ShouldBe((HttpStatusCode.Conflict, "citizen_number_differs"));
        (known.StatusCode, await Town.ProblemAsync(known)).ShouldBe((HttpStatusCode.Conflict, "citizen_number_taken"));
    }

    [Fact]
    public async Task Of_two_accounts_that_register_one_number_at_the_same_moment_one_gets_it()
    {
        await using var town = await Town.StartAsync(servers);
        var number = town.NewNumber();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            town.App.As(Guid.NewGuid(), Roles.Citizen).PutAsJsonAsync(Me, new { name = "王芳", citizenNumber = number })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        var refusals = await Task.WhenAll(answers.Where(answer => !answer.IsSuccessStatusCode).Select(Town.ProblemAsync));
        refusals.ShouldBe(Enumerable.Repeat("citizen_number_taken", 7));
    }

    [Theory]
    [InlineData("110105194912310021", "citizen_number_invalid")]
    [InlineData("11010519490229002X", "citizen_number_invalid")]
    [InlineData("1101051949123100", "length_invalid")]
    public async Task A_wrong_number_is_refused_and_nothing_is_kept(string number, string code)
    {
        await using var town = await Town.StartAsync(servers);

        var refused = await town.App.As(Guid.NewGuid(), Roles.Citizen).PutAsJsonAsync(Me, new { name = "王芳", citizenNumber = number });

        (refused.StatusCode, await Town.ProblemAsync(refused)).ShouldBe((HttpStatusCode.BadRequest, code));
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM citizens")).ShouldBe(0);
    }

    [Fact]
    public async Task Who_has_not_registered_is_told_so_in_their_language()
    {
        await using var town = await Town.StartAsync(servers);
        var client = town.App.As(Guid.NewGuid(), Roles.Citizen);
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        var refused = await client.GetAsync($"{Me}/code");

        (refused.StatusCode, await Town.ProblemAsync(refused)).ShouldBe((HttpStatusCode.NotFound, "not_registered"));
        (await refused.Content.ReadAsStringAsync()).ShouldContain("尚未登记");
    }

    [Fact]
    public async Task Name_number_phone_and_home_are_readable_nowhere_in_the_database()
    {
        await using var town = await Town.StartAsync(servers);
        var number = town.NewNumber();
        var body = new { name = "欧阳娜娜", citizenNumber = number, phone = "13812345678", home = new { latitude = 31.23456, longitude = 121.47891 } };
        await Town.ReadAsync<Registration>(await town.App.As(Guid.NewGuid(), Roles.Citizen).PutAsJsonAsync(Me, body));
        await town.ReportPositiveAsync(number);

        var everything = await DumpAsync(town.Database);

        everything.ShouldContain("3123N12147E");
        foreach (var secret in new[] { number, "欧阳娜娜", "13812345678", "31.234", "121.478" })
        {
            everything.ShouldNotContain(secret);
            everything.ShouldNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(secret)));
            everything.ShouldNotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret))[..^2]);
        }
    }

    /// <summary>Every row of every table, as text; bytes as hexadecimal.</summary>
    private static async Task<string> DumpAsync(TestDatabase database)
    {
        var tables = await database.ScalarAsync<string[]>(
            "SELECT array_agg(format('%I.%I', table_schema, table_name)) FROM information_schema.tables WHERE table_schema IN ('public', 'messaging')");
        var dumps = new List<string>();
        foreach (var table in tables) dumps.Add(await database.ScalarAsync<string>($"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t"));
        return string.Join('\n', dumps);
    }
}

using System.Text;
using SmartCity.Identity.Domain;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class PrivacyTests(CityServers servers)
{
    [Fact]
    public async Task No_table_holds_a_phone_a_code_a_token_or_a_secret_in_clear()
    {
        await using var app = await new IdentityApp(servers).StartAsync();
        var code = await app.RequestCodeAsync("13812345678");
        var person = new SignedIn(app, await app.PhoneCodeGrantAsync("13812345678", code));
        await app.SignInStaffAsync("wang", "health-officer");

        var everything = await DumpAsync(app.Database);

        // The dump sees what is there: the name is kept in clear, for staff.
        everything.ShouldContain("wang");
        foreach (var secret in new[] { "13812345678", IdentityApp.TotpSecret, IdentityApp.Password, person.RefreshToken, $"\"{code}\"" }) everything.ShouldNotContain(secret);
    }

    [Fact]
    public void A_phone_shows_only_its_end()
    {
        Phone.Parse("13812345678").ToString().ShouldBe("+86****5678");
        Phone.Parse("+4915112345678").Masked.ShouldBe("+49****5678");
    }

    /// <summary>Every row of every table as text, byte columns decoded.</summary>
    internal static async Task<string> DumpAsync(TestDatabase database)
    {
        var tables = new List<string>();
        await using (var command = database.Source.CreateCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));

        var dump = new StringBuilder();
        foreach (var table in tables)
        {
            await using var command = database.Source.CreateCommand($"SELECT * FROM \"{table}\"");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                for (var column = 0; column < reader.FieldCount; column++)
                    dump.Append('"').Append(reader.GetValue(column) is byte[] bytes ? Encoding.Latin1.GetString(bytes) : reader.GetValue(column)).Append('"');
        }

        return dump.ToString();
    }
}

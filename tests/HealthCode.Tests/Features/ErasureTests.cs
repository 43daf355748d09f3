using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class ErasureTests(CityServers servers)
{
    /// <summary>Of a city where this name occurs nowhere else.</summary>
    private const string Canary = "金丝雀四七一一";

    [Fact]
    public async Task What_is_left_of_an_erased_person_in_a_backup_cannot_be_opened_with_everything_that_the_city_still_has()
    {
        await using var town = await Town.StartAsync(servers);
        var (account, number) = (Guid.NewGuid(), town.NewNumber());
        using var client = town.App.As(account, Roles.Citizen);
        var citizen = (await Town.ReadAsync<Registration>(await client.PutAsJsonAsync("/health-code/v1/me", new { name = Canary, citizenNumber = number, phone = "13812345678" }))).CitizenId;
        var witness = await town.NewPersonAsync();
        var personalData = new PersonalData("tests-only-tests-only-tests-only-tests-only");
        var backup = await DumpAsync(town.Database, "--exclude-schema=keyring");

        // Before: with the person's key the backup opens; this is what erasure must take away.
        var (sealedName, wrapped) = (await RowAsync(town, "SELECT sealed_name FROM citizens WHERE id = $1", citizen), await RowAsync(town, "SELECT wrapped_key FROM keyring.person_keys WHERE id = $1", citizen));
        backup.ShouldContain(Convert.ToHexString(sealedName!), Case.Insensitive);
        new PersonalData(personalData.Open(wrapped!, citizen)).Open(sealedName!, citizen).ShouldBe(Canary);

        var receipt = await Town.ReadAsync<EraseMe.Receipt>(await client.DeleteAsync("/health-code/v1/me"));

        // The backup holds neither plain text, nor a key, nor a hash by which a known number could be looked up.
        foreach (var secret in new[] { Canary, number, "13812345678", Convert.ToHexString(wrapped!), Convert.ToHexString(personalData.Lookup(number)) })
            backup.ShouldNotContain(secret, Case.Insensitive);
        // The keyring of now opens others and not this one, and nor does the service's own key.
        (await RowAsync(town, "SELECT wrapped_key FROM keyring.person_keys WHERE id = $1", citizen)).ShouldBeNull();
        var keys = await RowsAsync(town, "SELECT wrapped_key FROM keyring.person_keys");
        keys.ShouldHaveSingleItem();
        Should.Throw<CryptographicException>(() => personalData.Open(sealedName!, citizen));
        Should.Throw<CryptographicException>(() => new PersonalData(personalData.Open(keys[0], witness.CitizenId)).Open(sealedName!, citizen));
        // Nothing is left in the database itself.
        (await DumpAsync(town.Database)).ShouldNotContain(citizen.ToString());
        (await client.GetAsync("/health-code/v1/me")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("/health-code/v1/me/credential")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var listed = (await town.GetAsync<Page<ShowRetention.Receipt>>(town.Officer(), "/health-code/v1/deletions")).Items.ShouldHaveSingleItem();
        (listed.Id, listed.What, listed.Count).ShouldBe((receipt.ReceiptId, "person", receipt.Records));
    }

    [Fact]
    public async Task While_somebody_may_infect_others_the_record_stays_and_a_proxy_never_erases()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        await town.ReportPositiveAsync(person.Number);

        var refused = await person.Client.DeleteAsync("/health-code/v1/me");
        using var proxy = town.App.With(TestTokens.Person(person.Account, "health-code", department: null, actor: Guid.NewGuid(), Roles.Proxy));

        (refused.StatusCode, await Town.ProblemAsync(refused)).ShouldBe((HttpStatusCode.Conflict, "erasure_too_early"));
        (await proxy.DeleteAsync("/health-code/v1/me")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Red);
    }

    [Fact]
    public async Task An_erased_persons_printed_code_is_refused_and_the_number_can_be_registered_again()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        using var print = new HttpRequestMessage(HttpMethod.Post, "/health-code/v1/me/printed-codes") { Headers = { { IdempotencyKey.Header, Guid.NewGuid().ToString() } } };
        var code = await Town.ReadAsync<PrintCode.Printed>(await person.Client.SendAsync(print));
        var text = QrText.Read(await person.Client.GetByteArrayAsync($"/health-code/v1/me/printed-codes/{code.CodeId}/qr.png"));
        (await person.Client.DeleteAsync("/health-code/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var verdict = await Town.ReadAsync<VerifyCredential.Verdict>(
            await town.App.As(Guid.NewGuid(), Roles.VenueOperator).PostAsJsonAsync("/health-code/v1/credentials/verify", new { credential = text }));
        verdict.Fault.ShouldBe(Credentials.CredentialFault.Revoked);
        town.Clock.Advance(TimeSpan.FromMinutes(6));
        await Eventually.Async(async () => (await PrintedCodeTests.GateAsync(town)).Revoked.Count == 1);
        var anew = await Town.ReadAsync<Registration>(await town.App.As(Guid.NewGuid(), Roles.Citizen).PutAsJsonAsync("/health-code/v1/me", new { name = "王芳", citizenNumber = person.Number }));
        anew.CitizenId.ShouldNotBe(person.CitizenId);
    }

    [Fact]
    public async Task Who_was_kept_before_there_were_personal_keys_is_read_and_gets_one_with_the_next_registration()
    {
        await using var town = await Town.StartAsync(servers);
        var (person, personalData) = (await town.NewPersonAsync(), new PersonalData("tests-only-tests-only-tests-only-tests-only"));
        await using (var command = town.Database.Source.CreateCommand("WITH gone AS (UPDATE keyring.person_keys SET wrapped_key = NULL) UPDATE citizens SET sealed_name = $1, sealed_number = $2"))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = personalData.Seal("韩梅梅", person.CitizenId) });
            command.Parameters.Add(new NpgsqlParameter { Value = personalData.Seal(person.Number, person.CitizenId) });
            await command.ExecuteNonQueryAsync();
        }

        (await town.GetAsync<Registration>(person.Client, "/health-code/v1/me")).Name.ShouldBe("韩梅梅");
        await person.Client.PutAsJsonAsync("/health-code/v1/me", new { name = "韩梅梅", citizenNumber = person.Number });

        (await town.GetAsync<Registration>(person.Client, "/health-code/v1/me")).Name.ShouldBe("韩梅梅");
        var kept = await RowAsync(town, "SELECT sealed_name FROM citizens WHERE id = $1", person.CitizenId);
        Should.Throw<CryptographicException>(() => personalData.Open(kept!, person.CitizenId));
    }

    [Fact]
    public async Task Each_kind_of_evidence_is_forgotten_after_its_own_time_and_the_receipts_prove_it()
    {
        await using var town = await Town.StartAsync(servers, databases: null, ("Retention:SweepEvery", "00:00:00.100"), ("Retention:Evidence:NegativeResult", "30"), ("Retention:OtherEvidence", "120"));
        var person = await town.NewPersonAsync();
        await town.ReportAsync(town.Laboratory(), person.Number, LabOutcome.Negative);
        await town.ReportPositiveAsync(person.Number);

        town.Clock.Advance(TimeSpan.FromDays(28));
        (await KindsAsync(town)).ShouldBe(["NegativeResult", "PositiveResult"], ignoreOrder: true);
        town.Clock.Advance(TimeSpan.FromDays(2));
        await Eventually.Async(async () => await KindsAsync(town) is ["PositiveResult"]);
        town.Clock.Advance(TimeSpan.FromDays(90));
        await Eventually.Async(async () => await KindsAsync(town) is []);

        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM lab_results") == 0);
        var receipts = (await town.GetAsync<Page<ShowRetention.Receipt>>(town.Officer(), "/health-code/v1/deletions")).Items;
        receipts.Where(one => one.What.StartsWith("evidence:", StringComparison.Ordinal)).Select(one => (one.What, one.Count))
            .ShouldBe([("evidence:positiveResult", 1), ("evidence:negativeResult", 1)]);
        var kept = await town.GetAsync<ShowRetention.Kept[]>(town.App.As(Guid.NewGuid(), Roles.Auditor), "/health-code/v1/retention");
        kept.Single(one => one.What == "evidence:negativeResult").ShouldBe(new("evidence:negativeResult", 30));
        (await town.CodeOfAsync(person)).Color.ShouldBe(CodeColor.Green);
    }

    [Fact]
    public async Task What_still_holds_by_its_own_word_is_not_forgotten()
    {
        await using var town = await Town.StartAsync(servers, databases: null, ("Retention:SweepEvery", "00:00:00.100"), ("Retention:OtherEvidence", "60"));
        var person = await town.NewPersonAsync();
        await town.ReportPositiveAsync(person.Number);
        await town.Database.ExecuteAsync($"UPDATE evidence SET until = '{town.Now.AddDays(100):O}'");

        town.Clock.Advance(TimeSpan.FromDays(159));
        await Eventually.Async(async () => await town.Database.ScalarAsync<long>("SELECT count(*) FROM lab_results") == 0);
        (await KindsAsync(town)).ShouldBe(["PositiveResult"]);
        town.Clock.Advance(TimeSpan.FromDays(2));
        await Eventually.Async(async () => await KindsAsync(town) is []);
    }

    [Fact]
    public async Task No_row_of_any_table_names_an_erased_person()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        await town.ReportAsync(town.Laboratory(), person.Number, LabOutcome.Negative);
        (await Town.PostAsync(person.Client, "/me/printed-codes", new { })).EnsureSuccessStatusCode();
        var order = await Town.ReadAsync<ProposeOverride.Order>(await Town.PostAsync(
            town.Officer(), "/overrides", new { reason = "clinicalDiagnosis", color = "yellow", citizenIds = new[] { person.CitizenId }, until = town.Now.AddDays(3) }));
        (await Town.PostAsync(town.Approver(), $"/overrides/{order.Id}/approval", new { })).EnsureSuccessStatusCode();
        var appeal = await Town.ReadAsync<FileAppeal.MyAppeal>(await Town.PostAsync(person.Client, "/me/appeals", new { text = "I am well." }));
        (await Town.PostAsync(town.Officer(), $"/appeals/{appeal.Id}/decision", new { outcome = "upheld", answer = "You are right, we are sorry." })).EnsureSuccessStatusCode();
        await town.Database.ExecuteAsync($"INSERT INTO dry_run_samples (walk_id, citizen_id, rule, \"from\", \"to\") VALUES (gen_random_uuid(), '{person.CitizenId}', 'none', 'Green', 'Yellow')");
        (await TablesNamingAsync(town, person)).Count.ShouldBeGreaterThan(8);

        (await person.Client.DeleteAsync("/health-code/v1/me")).EnsureSuccessStatusCode();

        // Its last events are on their way for a moment.
        await Eventually.Async(async () => await TablesNamingAsync(town, person) is []);
    }

    [Fact]
    public async Task Statistics_come_in_steps_of_five_and_stay_the_same_for_an_hour()
    {
        await using var town = await Town.StartAsync(servers);
        for (var i = 0; i < 12; i++) await town.NewPersonAsync();
        async Task<int?> GreenAsync() => (await town.GetAsync<ShowStatistics.ColorCount[]>(town.Officer(), "/health-code/v1/statistics")).Single(count => count.Color == CodeColor.Green).Count;

        (await GreenAsync()).ShouldBe(10);
        for (var i = 0; i < 5; i++) await town.NewPersonAsync();
        // Within the hour everybody hears the same.
        (await GreenAsync()).ShouldBe(10);
        town.Clock.Advance(TimeSpan.FromHours(1));
        (await GreenAsync()).ShouldBe(15);
    }

    /// <summary>Whatever tables there are, also those that come later.</summary>
    private static async Task<List<string>> TablesNamingAsync(Town town, Person person)
    {
        var tables = new List<string>();
        await using (var list = town.Database.Source.CreateCommand(
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        }

        var naming = new List<string>();
        foreach (var table in tables)
        {
            if (await town.Database.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM {table} AS t WHERE t::text LIKE '%{person.CitizenId}%' OR t::text LIKE '%{person.Account}%')")) naming.Add(table);
        }

        return naming;
    }

    private static async Task<string[]> KindsAsync(Town town)
    {
        var kinds = new List<string>();
        await using var command = town.Database.Source.CreateCommand("SELECT kind FROM evidence");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) kinds.Add(reader.GetString(0));
        return [.. kinds];
    }

    private static async Task<byte[]?> RowAsync(Town town, string sql, Guid id)
    {
        await using var command = town.Database.Source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await command.ExecuteScalarAsync() as byte[];
    }

    private static async Task<List<byte[]>> RowsAsync(Town town, string sql)
    {
        var rows = new List<byte[]>();
        await using var command = town.Database.Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) rows.Add((byte[])reader.GetValue(0));
        return rows;
    }

    /// <summary>A backup as operators make it: pg_dump, beside the server's other programs.</summary>
    private static async Task<string> DumpAsync(TestDatabase database, params string[] options)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var program = Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => Path.Combine(version, "bin", "pg_dump")).Last(File.Exists);
        var start = new ProcessStartInfo(program, [.. options, "-h", connection.Host!, "-p", $"{connection.Port}", "-U", connection.Username!, connection.Database!])
        {
            RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8, Environment = { ["PGPASSWORD"] = connection.Password },
        };
        using var dump = Process.Start(start)!;
        var text = await dump.StandardOutput.ReadToEndAsync();
        await dump.WaitForExitAsync();
        dump.ExitCode.ShouldBe(0);
        text.ShouldContain("citizens");
        return text;
    }
}

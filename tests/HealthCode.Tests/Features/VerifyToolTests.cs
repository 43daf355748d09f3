extern alias verify;

using SmartCity.HealthCode.Features;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;
using verify::SmartCity.Verify;

namespace SmartCity.HealthCode.Tests.Features;

public sealed class VerifyToolTests(CityServers servers)
{
    [Fact]
    public async Task A_gate_with_nothing_but_its_folder_accepts_what_holds_and_says_why_it_refuses()
    {
        await using var town = await Town.StartAsync(servers);
        var person = await town.NewPersonAsync();
        var text = (await town.GetAsync<IssueCredential.Credential>(person.Client, "/health-code/v1/me/credential")).Text;
        var lost = await PrintAsync(person);
        var lostText = QrText.Read(await person.Client.GetByteArrayAsync($"/health-code/v1/me/printed-codes/{lost.CodeId}/qr.png"));
        await person.Client.DeleteAsync($"/health-code/v1/me/printed-codes/{lost.CodeId}");
        town.Clock.Advance(TimeSpan.FromMinutes(6));
        await Eventually.Async(async () => (await PrintedCodeTests.GateAsync(town)).Revoked.Count == 1);
        var folder = Directory.CreateTempSubdirectory("gate").FullName;
        try
        {
            (await RunAsync(town, "fetch", "--from", town.App.Server.BaseAddress.ToString(), "--folder", folder)).Code.ShouldBe(0);
            await town.App.DisposeAsync();

            await SaysAsync(0, "Accepted: green", "code", text);
            await SaysAsync(1, "Refused: Revoked", "code", lostText);
            await SaysAsync(1, "Refused: Signature", "code", CredentialTests.Spoiled(text));
            await SaysAsync(0, "1 revoked codes", "revocation-list");
            await SaysAsync(0, "1 keys", "trust-list");
            town.Clock.Advance(TimeSpan.FromMinutes(5));
            await SaysAsync(1, "Refused: Expired", "code", text);
            town.Clock.Advance(TimeSpan.FromDays(2));
            await SaysAsync(1, "Refused: Expired", "revocation-list");
            // A list that somebody changed on the gate is no list.
            var list = Path.Combine(folder, "trust-list.cose");
            var bytes = await File.ReadAllBytesAsync(list);
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(list, bytes);
            await SaysAsync(2, "Not checked", "code", text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        async Task SaysAsync(int code, string words, params string[] command)
        {
            var (exit, output) = await RunAsync(town, [.. command, "--folder", folder]);
            exit.ShouldBe(code, output);
            output.ShouldContain(words);
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(Town town, params string[] args)
    {
        var output = new StringWriter();
        using var http = args[0] == "fetch" ? town.App.CreateClient() : new HttpClient();
        return (await Gate.RunAsync(args, http, town.Clock, output), output.ToString());
    }

    private static async Task<PrintCode.Printed> PrintAsync(Person person)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/health-code/v1/me/printed-codes") { Headers = { { IdempotencyKey.Header, Guid.NewGuid().ToString() } } };
        return await Town.ReadAsync<PrintCode.Printed>(await person.Client.SendAsync(request));
    }
}

extern alias verify;

using SmartCity.GovernmentServices.Features.Certificates;
using SmartCity.Testing;
using verify::SmartCity.Verify;

namespace SmartCity.GovernmentServices.Tests;

/// <summary>The command with which anybody checks a certificate, from files alone.</summary>
public sealed class VerifierTests(CityServers servers)
{
    [Fact]
    public async Task A_certificate_is_checked_from_files_and_its_holder_shows_less_of_it()
    {
        await using var city = await GovernmentCity.StartAsync(servers);
        var (view, credential) = await city.ResidentAsync(city.Registered(out _));
        using var folder = new Folder();
        Task<string> ReadAsync(string path) => city.Anyone().GetStringAsync(GovernmentCity.Path + path);
        var (file, keys, list) = (folder.Keep("certificate", credential), folder.Keep("keys", await ReadAsync("/keys")), folder.Keep("list", await ReadAsync("/certificates/status/1")));
        var at = GovernmentCity.Start.ToString("O");

        var (code, said) = await RunAsync(file, "--keys", keys, "--status", list, "--at", at);
        (code, said.Split('\n')[0]).ShouldBe((0, "Valid"));
        said.ShouldContain(view.Number);
        said.ShouldContain("applicantName: 李雷");

        var less = folder.Keep("less", (await RunAsync(file, "--show", "housing")).Said);
        (code, said) = await RunAsync(less, "--keys", keys, "--status", list, "--at", at);
        code.ShouldBe(0);
        said.ShouldContain("housing: owned");
        said.ShouldNotContain("李雷");

        (code, said) = await RunAsync(file, "--keys", keys, "--at", at);
        (code, said.Split('\n')[0]).ShouldBe((1, "StatusUnknown"), "whether it was revoked cannot be known");
        (await RunAsync(file, "--keys", keys, "--status", list, "--at", GovernmentCity.Start.AddDays(400).ToString("O"))).Code.ShouldBe(1);
        await city.Officer(GovernmentCity.Security).PostedAsync<PublicCertificate>($"/department/certificates/{view.Number}/revocation", new RevokeRequest("搬离 / Moved away"));
        city.Clock.Advance(TimeSpan.FromMinutes(1));
        var newer = folder.Keep("newer", await ReadAsync("/certificates/status/1"));
        (code, said) = await RunAsync(file, "--keys", keys, "--status", newer, "--at", city.Clock.GetUtcNow().ToString("O"));
        (code, said.Split('\n')[0]).ShouldBe((1, "Revoked"));
        (code, said) = await RunAsync(folder.Keep("altered", credential.Replace("~", "~x", StringComparison.Ordinal)), "--keys", keys, "--status", list, "--at", at);
        code.ShouldBe(1, said);
    }

    [Fact]
    public async Task What_cannot_be_checked_says_so()
    {
        using var folder = new Folder();
        var nothing = folder.Keep("nothing", "no certificate");

        (await RunAsync()).Code.ShouldBe(2);
        (await RunAsync(nothing)).Code.ShouldBe(2);
        (await RunAsync(nothing, "--keys", folder.Path("absent"))).Code.ShouldBe(2);
        (await RunAsync(nothing, "--keys", nothing)).Code.ShouldBe(2);
        (await RunAsync(nothing, "--keys", folder.Keep("keys", """{ "keys": [] }"""))).Code.ShouldBe(1);
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        using var http = new HttpClient();
        return (await Certificate.RunAsync(args, http, output), output.ToString());
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("verify");

        public string Path(string name) => System.IO.Path.Combine(folder.FullName, name);

        public string Keep(string name, string text)
        {
            File.WriteAllText(Path(name), text);
            return Path(name);
        }

        public void Dispose() => folder.Delete(recursive: true);
    }
}

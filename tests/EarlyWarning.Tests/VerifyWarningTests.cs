using System.Diagnostics;
using System.Xml.Linq;
using SmartCity.Testing;

namespace SmartCity.EarlyWarning.Tests;

/// <summary>The program that checks alerts apart from the service, as a stranger runs it: with the alert and the published keys.</summary>
public sealed class VerifyWarningTests(CityServers servers)
{
    private static readonly XNamespace Cap = "urn:oasis:names:tc:emergency:cap:1.2";

    [Fact]
    public async Task Every_kind_of_alert_that_leaves_the_city_is_found_valid_and_signed()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        using var folder = new Folder();
        await folder.KeepKeysAsync(office);
        var first = await office.WarnAsync(WarningTests.Request());
        var update = await office.WarnAsync(WarningTests.Request() with { Severity = "extreme", Polygons = ["31.22,121.46 31.22,121.49 31.25,121.49 31.25,121.46 31.22,121.46"] }, $"warnings/{first}/updates");
        var texts = new { headline = "Over & <done>", description = "Over.", instruction = "Nothing." };
        var over = await office.WarnAsync(new { en = texts, zh = texts }, $"warnings/{update}/all-clear");
        var drill = await office.WarnAsync(WarningTests.Request() with { Exercise = true, Cell = null });
        var withdrawn = await office.WarnAsync(WarningTests.Request());
        await office.PostAsync(office.HealthOfficer, $"warnings/{withdrawn}/cancellation");

        foreach (var id in new[] { first, update, over, drill, withdrawn })
        {
            await folder.KeepAlertAsync(office, id);
            (await folder.VerifyAsync()).ShouldBe((0, "schema: valid CAP 1.2\nsignature: good\n"));
        }
    }

    [Fact]
    public async Task What_was_changed_broken_or_signed_by_somebody_else_is_found_out()
    {
        await using var office = await WatchOffice.OpenAsync(servers);
        await using var elsewhere = await WatchOffice.OpenAsync(servers);
        using var folder = new Folder();
        await folder.KeepKeysAsync(office);
        await folder.KeepAlertAsync(office, await office.WarnAsync(WarningTests.Request()));
        var good = folder.Alert;

        folder.Alert = good.Replace("Stay at home.", "Go out and play.");
        (await folder.VerifyAsync()).ShouldBe((1, "schema: valid CAP 1.2\nsignature: wrong: the alert was changed after it was signed\n"));

        var unsigned = XDocument.Parse(good);
        unsigned.Root!.Elements().Last().Remove();
        folder.Alert = unsigned.ToString();
        (await folder.VerifyAsync()).Exit.ShouldBe(1);

        var broken = XDocument.Parse(good, LoadOptions.PreserveWhitespace);
        broken.Root!.Element(Cap + "status")!.Remove();
        folder.Alert = broken.ToString(SaveOptions.DisableFormatting);
        (await folder.VerifyAsync()).Said.ShouldContain("schema: not valid CAP 1.2");

        folder.Alert = $"<!DOCTYPE alert [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{good[good.IndexOf("<alert", StringComparison.Ordinal)..]}";
        (await folder.VerifyAsync()).Said.ShouldStartWith("schema: not XML");

        folder.Alert = good;
        using (elsewhere.App.Anyone()) await elsewhere.WarnAsync(WarningTests.Request());
        await folder.KeepKeysAsync(elsewhere);
        (await folder.VerifyAsync()).Said.ShouldContain("is not among those published");
    }

    private sealed class Folder : IDisposable
    {
        private readonly string path = Directory.CreateTempSubdirectory("verify-warning-").FullName;

        public string Alert
        {
            get => File.ReadAllText(Path.Combine(path, "alert.xml"));
            set => File.WriteAllText(Path.Combine(path, "alert.xml"), value);
        }

        public async Task KeepKeysAsync(WatchOffice office) => await KeepAsync(office, "warnings/keys", "keys.json");

        public async Task KeepAlertAsync(WatchOffice office, string id) => await KeepAsync(office, $"warnings/{id}/cap", "alert.xml");

        public async Task<(int Exit, string Said)> VerifyAsync()
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", [Tool(), Path.Combine(path, "alert.xml"), Path.Combine(path, "keys.json")]) { RedirectStandardOutput = true })!;
            var said = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, said);
        }

        public void Dispose() => Directory.Delete(path, recursive: true);

        private async Task KeepAsync(WatchOffice office, string from, string to)
        {
            using var anyone = office.App.Anyone();
            await File.WriteAllBytesAsync(Path.Combine(path, to), await anyone.GetByteArrayAsync($"/early-warning/v1/{from}"));
        }

        private static string Tool()
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            var configuration = at.Parent!.Name;
            while (at is not null && !File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) at = at.Parent;
            return Path.Combine(at!.FullName, "tools", "VerifyWarning", "bin", configuration, "net10.0", "SmartCity.VerifyWarning.dll");
        }
    }
}

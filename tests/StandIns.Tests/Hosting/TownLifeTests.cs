using DotNet.Testcontainers;
using Npgsql;
using SmartCity.NativeServers;

namespace SmartCity.StandIns.Tests.Hosting;

public sealed class TownLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_run_finds_data_ports_and_secrets_and_a_fresh_one_does_not()
    {
        var data = Town.NewData();
        Dictionary<string, string> before, after, fresh;
        await using (var town = await Town.StartAsync(data))
        {
            before = await town.EnvironmentOfAsync("town-hall");
            await ExecuteAsync(before, "CREATE TABLE citizen (id int)");
        }

        await using (var town = await Town.StartAsync(data))
        {
            after = await town.EnvironmentOfAsync("town-hall");
            await ExecuteAsync(after, "INSERT INTO citizen VALUES (1)");
        }

        await using (var town = await Town.StartAsync(data, "--fresh"))
        {
            fresh = await town.EnvironmentOfAsync("town-hall");
            (await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(fresh, "INSERT INTO citizen VALUES (1)"))).SqlState.ShouldBe(PostgresErrorCodes.UndefinedTable);
        }

        after["Town__Secret"].ShouldBe(before["Town__Secret"]);
        after["ASPNETCORE_URLS"].ShouldBe(before["ASPNETCORE_URLS"]);
        after["ConnectionStrings__registry"].ShouldBe(before["ConnectionStrings__registry"]);
        fresh["Town__Secret"].ShouldNotBe(before["Town__Secret"]);
        TemporaryDirectory.Delete(data);
    }

    [Fact]
    public async Task SIGTERM_stops_everything_in_order_and_without_a_kill()
    {
        await using var town = await Town.StartAsync(null, "--broker");
        var processes = Town.Descendants(town.Process.Id);
        processes.Values.ShouldContain("postgres");
        processes.Values.ShouldContain("beam.smp");
        processes.Values.ShouldContain("epmd");

        // Twice, as a terminal's process group and the program that started it may send it.
        await Task.WhenAll(town.Process.StopAsync(TimeSpan.FromSeconds(60), Token), town.Process.StopAsync(TimeSpan.FromSeconds(60), Token));

        (await town.ExitCodeAsync()).ShouldBe(0);
        processes.Keys.Where(Town.IsAlive).ShouldBeEmpty();
        (await File.ReadAllTextAsync(Path.Combine(town.Data, "logs", "postgres.log"), Token)).ShouldContain("received fast shutdown request");
        (await File.ReadAllTextAsync(Path.Combine(town.Data, "logs", "postgres.log"), Token)).ShouldContain("database system is shut down");
        (await File.ReadAllTextAsync(Path.Combine(town.Data, "logs", "broker.log"), Token)).ShouldContain("SIGTERM received - shutting down");
    }

    [Fact]
    public async Task Nothing_outlives_a_SIGKILL_of_the_AppHost_and_the_next_run_starts_on_its_data()
    {
        var data = Town.NewData();
        var town = await Town.StartAsync(data, "--broker");
        var processes = Town.Descendants(town.Process.Id);
        processes.Values.ShouldContain("erl_child_setup");

        await town.Process.KillAsync();
        await using var next = await Town.StartAsync(data, "--broker");

        processes.Keys.Where(Town.IsAlive).ShouldBeEmpty();
        (await next.ResourcesAsync()).ShouldAllBe(resource => resource.Healthy && resource.Restarts == 0);
    }

    [Fact]
    public async Task It_ends_when_the_process_that_started_it_is_killed()
    {
        await using var town = await Town.LaunchAsync(null, [], shell: "/bin/bash");
        await Town.Eventually(() => town.Console.Any(line => line.Contains("is open")));
        var processes = Town.Descendants(town.Process.Id);
        processes.Values.Count(name => name == "dotnet").ShouldBe(5); // the AppHost, the hall, two houses, the gate

        await town.Process.KillAsync();

        await Town.Eventually(() => !processes.Keys.Any(Town.IsAlive));
    }

    [Fact]
    public async Task Two_towns_that_wish_for_the_same_port_run_side_by_side()
    {
        var port = Ports.Free();
        await using var first = await Town.StartAsync(null, $"--Town:GatePort={port}");
        await using var second = await Town.StartAsync(null, $"--Town:GatePort={port}");

        var endpoints = (await first.ResourcesAsync()).Concat(await second.ResourcesAsync()).SelectMany(resource => resource.Endpoints.Values).ToList();

        endpoints.ShouldBeUnique();
        (await first.ResourceAsync("gate")).Endpoints["http"].ShouldBe($"http://127.0.0.1:{port}");
        (await second.ResourcesAsync()).ShouldAllBe(resource => resource.Healthy && resource.Restarts == 0);
    }

    [Fact]
    public async Task A_second_run_on_the_same_data_is_refused()
    {
        await using var town = await Town.StartAsync();

        await using var second = await Town.LaunchAsync(town.Data, []);

        (await second.ExitCodeAsync()).ShouldBe(1);
        second.ConsoleText.ShouldContain("This city runs already");
        (await town.ResourcesAsync()).ShouldAllBe(resource => resource.Healthy);
    }

    [Fact]
    public async Task A_project_that_never_starts_ends_the_run_with_its_last_words()
    {
        await using var town = await Town.LaunchAsync(null, ["--ruin"]);

        (await town.ExitCodeAsync()).ShouldBe(1);
        town.ConsoleText.ShouldContain("ruin does not start.");
        town.ConsoleText.ShouldContain("The roof fell in.");
    }

    [Fact]
    public async Task A_checkout_in_a_closed_directory_is_no_obstacle()
    {
        const string Elsewhere = "/var/lib/smartcity";
        string[] before = Directory.Exists(Elsewhere) ? Directory.GetDirectories(Elsewhere) : [];
        var closed = Directory.CreateTempSubdirectory("smartcity-closed-").FullName; // nobody else gets into it, root's postgres not either

        await using (var town = await Town.StartAsync(Path.Combine(closed, "town")))
            (await town.ResourcesAsync()).ShouldAllBe(resource => resource.Healthy);

        Directory.Delete(closed, recursive: true);
        foreach (var directory in Directory.Exists(Elsewhere) ? Directory.GetDirectories(Elsewhere).Except(before) : [])
            Directory.Delete(directory, recursive: true);
    }

    private static async Task ExecuteAsync(Dictionary<string, string> environment, string sql)
    {
        await using var connection = new NpgsqlConnection(environment["ConnectionStrings__registry"] + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}

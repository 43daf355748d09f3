using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Npgsql;

namespace SmartCity.GovernmentServices.Data;

/// <summary>A process that serves bookings, and when it last said so.</summary>
internal sealed class BookingReplica
{
    public required Guid Id { get; init; }
    public required string Address { get; init; }
    public required DateTimeOffset SeenAt { get; init; }
}

/// <summary>A share of the bookables, and whose it is.</summary>
internal sealed class BookingPartition
{
    public required int Number { get; init; }
    public Guid? ReplicaId { get; init; }
}

/// <summary>
/// Which replica writes which bookables: a lease in the database, renewed every second. It only directs the traffic; that nobody else writes is
/// the fence of the bookable itself. Time is the database's, so that no simulated or wrong clock takes a lease away.
/// </summary>
internal sealed partial class BookingPartitions(NpgsqlDataSource database, IServer server, IConfiguration configuration, ILogger<BookingPartitions> logger)
    : BackgroundService, IHostedLifecycleService
{
    public const int Count = 16;

    /// <summary>A replica that was silent this long is replaced.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<string> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string?[] addresses = new string?[Count];
    private volatile bool[] mine = new bool[Count];

    public Guid Me { get; } = Guid.NewGuid();

    public static int Of(Guid bookable) => bookable.ToByteArray(bigEndian: true)[15] % Count;

    public bool IsMine(Guid bookable) => Holds(Of(bookable));

    public bool Holds(int partition) => mine[partition];

    /// <summary>How many partitions nobody writes.</summary>
    public int WithoutHolder => addresses.Count(address => address is null);

    /// <summary>Where the bookable is written; null while nobody does.</summary>
    public string? AddressOf(Guid bookable) => addresses[Of(bookable)];

    /// <summary>Waits for a holder, as long as it takes to replace a dead one.</summary>
    public async Task<bool> HasHolderAsync(Guid bookable, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < 50; tries++)
        {
            if (IsMine(bookable) || AddressOf(bookable) is not null) return true;
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }

        return false;
    }

    // The address is known once the server listens.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        listening.SetResult(Address());
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Who goes in order hands over at once.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        mine = new bool[Count];
        try
        {
            await using var leave = database.CreateCommand("DELETE FROM booking_replica WHERE id = $1");
            leave.Parameters.Add(new() { Value = Me });
            await leave.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException fault)
        {
            RoundFailed(fault.Message);
        }
        // A process that ends in a hurry has let go of its pool already: it is missed after three seconds.
        catch (ObjectDisposedException)
        {
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Real time: leases are about processes, not about the city.
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        var address = await listening.Task.WaitAsync(stoppingToken);
        do
        {
            try
            {
                await RoundAsync(address, stoppingToken);
            }
            catch (NpgsqlException fault)
            {
                RoundFailed(fault.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RoundAsync(string address, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        void Say(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values) command.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(command);
        }

        Say("INSERT INTO booking_replica (id, address, seen_at) VALUES ($1, $2, clock_timestamp()) ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()", Me, address);
        // Nobody else lives on in the list for ever.
        Say("DELETE FROM booking_replica WHERE seen_at < clock_timestamp() - interval '1 hour'");
        const string living = "SELECT id FROM booking_replica WHERE seen_at > clock_timestamp() - $2";
        // My share, rounded up: what is beyond it is given up, what is missing is taken where nobody alive has it.
        Say($"""
            WITH living AS ({living}), share AS (SELECT ceil({Count}::numeric / count(*))::int AS size FROM living),
            kept AS (SELECT number FROM booking_partition WHERE replica_id = $1 ORDER BY number LIMIT (SELECT size FROM share))
            UPDATE booking_partition SET replica_id = NULL WHERE replica_id = $1 AND number NOT IN (SELECT number FROM kept)
            """, Me, Silence);
        Say($"""
            WITH living AS ({living}), share AS (SELECT ceil({Count}::numeric / count(*))::int AS size FROM living),
            free AS (
                SELECT number FROM booking_partition
                WHERE replica_id IS NULL OR replica_id NOT IN (SELECT id FROM living)
                ORDER BY number LIMIT (SELECT greatest(0, size - (SELECT count(*) FROM booking_partition WHERE replica_id = $1)) FROM share)
                FOR UPDATE SKIP LOCKED)
            UPDATE booking_partition SET replica_id = $1 WHERE number IN (SELECT number FROM free)
            """, Me, Silence);
        Say("SELECT number, r.id, r.address FROM booking_partition LEFT JOIN booking_replica r ON r.id = replica_id AND seen_at > clock_timestamp() - $1 ORDER BY number", Silence);

        var (nowMine, nowAddresses) = (new bool[Count], new string?[Count]);
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.IsDBNull(1)) continue;
                nowMine[reader.GetInt32(0)] = reader.GetGuid(1) == Me;
                nowAddresses[reader.GetInt32(0)] = reader.GetString(2);
            }
        }

        var changed = !nowMine.SequenceEqual(mine);
        (mine, addresses) = (nowMine, nowAddresses);
        if (changed) SharesChanged(nowMine.Count(held => held));
    }

    /// <summary>
    /// Where other replicas reach this one: <c>Booking:Address</c>, or where it listens for HTTP/1.1; the port for gRPC speaks HTTP/2 only. Who listens
    /// on every address, as in a container, is reached at the machine's own, which in a cluster is the pod's.
    /// </summary>
    private string Address()
    {
        if (configuration["Booking:Address"] is { } configured) return configured;
        var listens = server.Features.Get<IServerAddressesFeature>()?.Addresses
            .Select(address => new UriBuilder(address)).FirstOrDefault(address => address.Port != configuration.GetValue<int?>("GRPC_PORT"));
        if (listens is null) return "";
        if (IPAddress.TryParse(listens.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            listens.Host = Dns.GetHostAddresses(Dns.GetHostName()).OrderBy(own => own.AddressFamily == AddressFamily.InterNetworkV6)
                .FirstOrDefault(own => !IPAddress.IsLoopback(own) && !own.IsIPv6LinkLocal, IPAddress.Loopback).ToString();
        }

        return listens.ToString();
    }

    [LoggerMessage(LogLevel.Warning, "Leases of bookables were not renewed and are tried again in a second: {Reason}")]
    private partial void RoundFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Writes {Partitions} of 16 partitions of the bookables from now on")]
    private partial void SharesChanged(int partitions);
}

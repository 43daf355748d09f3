using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SmartCity.Messaging;

/// <summary>
/// Brings committed events to the broker. A relay runs in every replica; each takes whole shards, so that the events of one key are sent by one
/// relay at a time. A row is deleted only after the broker has confirmed it: a relay that dies in between makes a duplicate, never a gap.
/// </summary>
internal sealed partial class OutboxRelay(
    NpgsqlDataSource database, IBus bus, IOptions<MessagingOptions> options, TimeProvider time, ILogger<OutboxRelay> logger) : BackgroundService
{
    /// <summary>RabbitMQ.Client slows publishers down from 64 unconfirmed messages of a channel on; staying below is faster.</summary>
    private const int Unconfirmed = 60;

    /// <summary>A broker that is away must not keep the shards locked for long.</summary>
    private static readonly TimeSpan PassDeadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private Pass last = Pass.Empty;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException || Faults.IsInfrastructure(fault))
            {
                LostDatabase(fault.Message);
                await Task.Delay(PauseAfterFault, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Writers notify only while no relay is awake. One that wrote just before the relay lay down, and commits just after, notifies nobody: hence
    /// the second look.
    /// </summary>
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await RunAsync(connection, $"LISTEN {MessagingSql.Channel}", cancellationToken);
        while (true)
        {
            await RunAsync(connection, $"SELECT pg_advisory_lock_shared({MessagingSql.AwakeLock})", cancellationToken);
            do last = await SendOnceAsync(cancellationToken);
            while (last == Pass.Sent);
            await RunAsync(connection, $"SELECT pg_advisory_unlock_shared({MessagingSql.AwakeLock})", cancellationToken);

            if (last == Pass.Refused) await Task.Delay(PauseAfterFault, time, cancellationToken);
            else if (!await connection.WaitAsync(SecondLook, cancellationToken) && await SendOnceAsync(cancellationToken) == Pass.Empty)
                await connection.WaitAsync(options.Value.PollInterval, cancellationToken);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<Pass> SendOnceAsync(CancellationToken cancellationToken)
    {
        await using var batch = await OutboxBatch.TakeAsync(database, cancellationToken);
        if (batch.Rows.Count == 0) return Pass.Empty;

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(PassDeadline);
        Exception? refusal = null;
        var keys = batch.Rows.GroupBy(row => row.Key ?? row.MessageId.ToString());
        // After a refusal one at a time, until the broker is seen to answer.
        var width = new ParallelOptions { MaxDegreeOfParallelism = last == Pass.Refused ? 1 : Unconfirmed };
        // No token here: what was sent must be deleted, so a pass that is cancelled still ends in order.
        await Parallel.ForEachAsync(keys, width, async (rows, _) =>
        {
            foreach (var row in rows)
            {
                if (refusal is not null) return;
                try
                {
                    await PublishAsync(row, deadline.Token);
                    batch.Confirmed(row);
                }
                catch (UnsendableEventException fault)
                {
                    batch.Dead(row, fault.Message);
                    SetAside(row.MessageId, row.Type, fault);
                }
                // Whatever the broker's reason, the row stays, and what comes after it waits for the next pass.
                catch (Exception fault)
                {
                    refusal = fault;
                    return;
                }
            }
        });

        await batch.CommitAsync(CancellationToken.None);
        if (refusal is null) return Pass.Sent;

        cancellationToken.ThrowIfCancellationRequested();
        BrokerRefused(refusal.GetType().Name, refusal.Message);
        return Pass.Refused;
    }

    private async Task PublishAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        var message = UnsendableEventException.Read(row);
        ActivityContext.TryParse(row.Traceparent, row.Tracestate, isRemote: true, out var origin);
        // The relay serves many requests: its span belongs to the trace in which the event was written, not to its own loop.
        using var activity = MessagingTelemetry.Source.StartActivity("outbox relay", ActivityKind.Internal, origin);
        activity?.SetTag("messaging.message.id", row.MessageId.ToString());
        await bus.Publish(message, message.GetType(), context => context.MessageId = row.MessageId, cancellationToken);
        MessagingTelemetry.CountPublished(message.GetType().Name);
    }

    private enum Pass { Empty, Sent, Refused }

    [LoggerMessage(LogLevel.Warning, "The outbox could not be read, trying again: {Reason}")]
    private partial void LostDatabase(string reason);

    [LoggerMessage(LogLevel.Warning, "The broker did not confirm events, they stay in the outbox: {Fault}: {Reason}")]
    private partial void BrokerRefused(string fault, string reason);

    [LoggerMessage(LogLevel.Error, "Event {MessageId} of type {Type} cannot be sent and was moved to messaging.outbox_dead")]
    private partial void SetAside(Guid messageId, string type, Exception fault);
}

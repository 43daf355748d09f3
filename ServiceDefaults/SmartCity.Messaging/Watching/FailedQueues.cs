using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace SmartCity.Messaging;

/// <summary>Counts the messages that this service's consumers gave up ("_error") or no longer understood ("_skipped").</summary>
internal sealed class FailedQueues(IConfiguration configuration) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> consumerQueues = new();
    private IConnection? connection;

    public void Watch(string consumerQueue) => consumerQueues[consumerQueue] = true;

    public async Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>();
        foreach (var queue in consumerQueues.Keys.SelectMany(name => new[] { $"{name}_error", $"{name}_skipped" }))
            if (await CountAsync(queue, cancellationToken) is > 0 and var count)
                counts[queue] = count;
        return counts;
    }

    private async Task<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        if (connection is not { IsOpen: true })
        {
            if (connection is not null) await connection.DisposeAsync();
            var broker = new ConnectionFactory { Uri = new Uri(configuration.GetConnectionString("broker")!), AutomaticRecoveryEnabled = false };
            connection = await broker.CreateConnectionAsync("messaging watch", cancellationToken);
        }

        // A channel of its own, because asking for a queue that does not exist closes the channel.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace SmartCity.Messaging;

/// <summary>Counts the messages that wait for this service's consumers, and those that they gave up ("_error") or no longer understood ("_skipped").</summary>
internal sealed class QueueLengths(IConfiguration configuration) : IAsyncDisposable
{
    /// <summary>A failure's queue exists from its first message on, and the broker logs an error for each question about one that does not.</summary>
    private const int LooksBetweenQuestionsAboutAbsentQueues = 6;

    private readonly ConcurrentDictionary<string, bool> queues = new();
    private IConnection? connection;
    private int looks;

    public void Watch(string consumerQueue) => (queues[consumerQueue], queues[$"{consumerQueue}_error"], queues[$"{consumerQueue}_skipped"]) = (true, false, false);

    /// <summary>Whether what lies in the queue has failed, rather than waits.</summary>
    public static bool IsOfFailures(string queue) => queue.EndsWith("_error", StringComparison.Ordinal) || queue.EndsWith("_skipped", StringComparison.Ordinal);

    /// <summary>Messages by queue; an empty queue of failures is left out.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>();
        var askAll = looks++ % LooksBetweenQuestionsAboutAbsentQueues == 0;
        foreach (var (queue, exists) in queues)
        {
            if (!exists && !askAll) continue;

            var count = await CountAsync(queue, cancellationToken);
            queues[queue] = count is not null;
            if (count > 0 || (count == 0 && !IsOfFailures(queue))) counts[queue] = count.Value;
        }

        return counts;
    }

    /// <summary>Null: there is no such queue.</summary>
    private async Task<long?> CountAsync(string queue, CancellationToken cancellationToken)
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
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
    }
}

using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace SmartCity.Messaging;

/// <summary>Remembers which messages a consumer has seen, so that a message delivered twice has one effect.</summary>
public static class Inbox
{
    /// <summary>
    /// False when this consumer has seen the message before. Otherwise adds the message's key to the change tracker, to be committed with
    /// the effect by the one <c>SaveChangesAsync</c>; of two deliveries at the same time, one fails on the key, is retried, and finds it.
    /// </summary>
    /// <param name="db">A context whose model has <see cref="MessagingModel.AddMessaging"/>.</param>
    /// <param name="context">The delivery; its queue names the consumer.</param>
    public static async Task<bool> EnterInboxAsync(this DbContext db, ConsumeContext context)
    {
        var (messageId, consumer) = (MessageIdOf(context), ConsumerOf(context));
        var seen = await db.Set<InboxRow>().AnyAsync(r => r.MessageId == messageId && r.Consumer == consumer, context.CancellationToken);
        if (seen)
        {
            MessagingTelemetry.CountDuplicates(consumer, 1);
            return false;
        }

        db.Add(new InboxRow { MessageId = messageId, Consumer = consumer });
        return true;
    }

    /// <summary>Enters one message within the caller's transaction; false when this consumer has seen it before.</summary>
    /// <param name="connection">The connection of the transaction.</param>
    /// <param name="transaction">The transaction that also writes the effect.</param>
    /// <param name="messageId">The message's id, <see cref="MessageIdOf"/>.</param>
    /// <param name="consumer">The consumer's name, <see cref="ConsumerOf"/>.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    public static async Task<bool> EnterAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid messageId, string consumer, CancellationToken cancellationToken) =>
        (await EnterAsync(connection, transaction, [messageId], consumer, cancellationToken)).Count == 1;

    /// <summary>Enters a batch of messages within the caller's transaction and returns those that this consumer sees for the first time.</summary>
    /// <param name="connection">The connection of the transaction.</param>
    /// <param name="transaction">The transaction that also writes the effects.</param>
    /// <param name="messageIds">The messages' ids.</param>
    /// <param name="consumer">The consumer's name, <see cref="ConsumerOf"/>.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    public static async Task<IReadOnlySet<Guid>> EnterAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<Guid> messageIds, string consumer,
        CancellationToken cancellationToken)
    {
        // Sorted, so that two batches that share messages wait for each other instead of deadlocking.
        await using var command = new NpgsqlCommand("""
            INSERT INTO messaging.inbox (message_id, consumer)
            SELECT DISTINCT id, $2 FROM unnest($1) AS id ORDER BY id
            ON CONFLICT DO NOTHING
            RETURNING message_id
            """, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = messageIds.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = consumer });

        var first = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) first.Add(reader.GetGuid(0));
        MessagingTelemetry.CountDuplicates(consumer, messageIds.Count - first.Count);
        return first;
    }

    /// <summary>The id under which the inbox knows the message.</summary>
    /// <param name="context">The delivery.</param>
    public static Guid MessageIdOf(ConsumeContext context) =>
        context.MessageId ?? throw new InvalidOperationException("A message without an id cannot be told from its duplicates.");

    /// <summary>The name under which the inbox knows the consumer: its queue, since each consumer has its own.</summary>
    /// <param name="context">The delivery.</param>
    public static string ConsumerOf(ConsumeContext context) => context.ReceiveContext.InputAddress.Segments[^1];
}

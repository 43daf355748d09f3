using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace SmartCity.Messaging;

/// <summary>Writes events beside the state they tell of, so that both are committed or neither.</summary>
public static class Outbox
{
    /// <summary>Adds the event to the change tracker: the next <c>SaveChangesAsync</c> commits it together with the state.</summary>
    /// <param name="db">A context whose model has <see cref="MessagingModel.AddMessaging"/>.</param>
    /// <param name="message">The event.</param>
    /// <param name="key">Events of one key are sent in the order in which they were committed; null: in no order.</param>
    public static void Publish<TMessage>(this DbContext db, TMessage message, object? key = null)
        where TMessage : class =>
        db.Add(new OutgoingEvent(message, key).ToRow());

    /// <summary>Appends the events to the outbox within the caller's transaction, in one round trip.</summary>
    /// <param name="connection">The connection of the transaction.</param>
    /// <param name="transaction">The transaction that also writes the state.</param>
    /// <param name="events">The events, in order.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    public static async Task AppendAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0) return;

        var rows = events.Select(e => e.ToRow()).ToArray();
        await using var command = new NpgsqlCommand("""
            INSERT INTO messaging.outbox (shard, message_id, key, type, body, traceparent, tracestate)
            SELECT shard, message_id, key, type, body::json, traceparent, tracestate
            FROM unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY
                AS e (shard, message_id, key, type, body, traceparent, tracestate, position)
            ORDER BY position
            """, connection, transaction);
        Add(NpgsqlDbType.Smallint, r => r.Shard);
        Add(NpgsqlDbType.Uuid, r => r.MessageId);
        Add(NpgsqlDbType.Text, r => r.Key);
        Add(NpgsqlDbType.Text, r => r.Type);
        Add(NpgsqlDbType.Text, r => r.Body);
        Add(NpgsqlDbType.Text, r => r.Traceparent);
        Add(NpgsqlDbType.Text, r => r.Tracestate);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(NpgsqlDbType type, Func<OutboxRow, T> column) =>
            command.Parameters.Add(new NpgsqlParameter { Value = rows.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SmartCity.Messaging;

/// <summary>An event on its way out: a record of a contracts assembly and the key within which order is kept.</summary>
/// <param name="Message">The event; its type must have a namespace.</param>
/// <param name="Key">Events of one key are sent in the order in which they were committed; null: in no order.</param>
public sealed record OutgoingEvent(object Message, object? Key = null)
{
    /// <summary>Becomes the id under which the consumers' inboxes know the message.</summary>
    public Guid MessageId { get; init; } = Guid.CreateVersion7();

    internal OutboxRow ToRow()
    {
        var type = Message.GetType();
        var key = Convert.ToString(Key, CultureInfo.InvariantCulture);
        var trace = Activity.Current;
        return new OutboxRow
        {
            MessageId = MessageId,
            Key = string.IsNullOrEmpty(key) ? null : key,
            Shard = ShardOf(string.IsNullOrEmpty(key) ? MessageId.ToString() : key),
            Type = $"{type.FullName}, {type.Assembly.GetName().Name}",
            Body = JsonSerializer.Serialize(Message, type, MessageJson.Options),
            Traceparent = trace?.Id,
            Tracestate = trace?.TraceStateString,
        };
    }

    /// <summary>The same in every process and for ever, which string.GetHashCode is not.</summary>
    private static short ShardOf(string key) => (short)(SHA256.HashData(Encoding.UTF8.GetBytes(key))[0] % MessagingModel.Shards);
}

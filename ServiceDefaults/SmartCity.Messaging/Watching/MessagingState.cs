namespace SmartCity.Messaging;

/// <summary>What was last seen of the messages that wait or have failed; read by health and metrics.</summary>
/// <param name="Waiting">Events in the outbox.</param>
/// <param name="OldestWaits">Age of the oldest of them.</param>
/// <param name="Dead">Events that can never be sent.</param>
/// <param name="Queues">Messages in each queue, as last seen.</param>
internal sealed record MessagingState(long Waiting, TimeSpan OldestWaits, long Dead, IReadOnlyDictionary<string, long> Queues)
{
    public static readonly MessagingState Unknown = new(0, TimeSpan.Zero, 0, new Dictionary<string, long>());

    /// <summary>Messages in each "_error" or "_skipped" queue that has any.</summary>
    public IEnumerable<KeyValuePair<string, long>> Failed => Queues.Where(queue => QueueLengths.IsOfFailures(queue.Key));

    /// <summary>Messages that wait in each consumer's queue.</summary>
    public IEnumerable<KeyValuePair<string, long>> Backlog => Queues.Where(queue => !QueueLengths.IsOfFailures(queue.Key));
}

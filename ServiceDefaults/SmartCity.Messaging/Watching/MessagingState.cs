namespace SmartCity.Messaging;

/// <summary>What was last seen of the messages that wait or have failed; read by health and metrics.</summary>
/// <param name="Waiting">Events in the outbox.</param>
/// <param name="OldestWaits">Age of the oldest of them.</param>
/// <param name="Dead">Events that can never be sent.</param>
/// <param name="Failed">Messages in each non-empty "_error" or "_skipped" queue, as last seen.</param>
internal sealed record MessagingState(long Waiting, TimeSpan OldestWaits, long Dead, IReadOnlyDictionary<string, long> Failed)
{
    public static readonly MessagingState Unknown = new(0, TimeSpan.Zero, 0, new Dictionary<string, long>());
}

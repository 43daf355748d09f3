using System.ComponentModel.DataAnnotations;

namespace SmartCity.Messaging;

/// <summary>Section "Messaging" of the configuration.</summary>
internal sealed class MessagingOptions
{
    /// <summary>Put before the names of all queues and exchanges: several cities, or many tests, on one broker do not meet.</summary>
    [RegularExpression("^[a-z0-9-]*$")]
    public string? Prefix { get; set; }

    /// <summary>The relay looks even when no notification came: the longest that an event whose notification was missed waits.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the lengths of the outbox and of the error queues are read for health and metrics.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a queue may stay unread while the broker answers, before the process ends to be started again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BusPatience { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a message is known as seen. Longer than any broker keeps one.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(7);
}

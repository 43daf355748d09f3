using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SmartCity.Messaging;

/// <summary>Names under which messaging is traced and measured.</summary>
public static class MessagingTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "SmartCity.Messaging";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "smartcity.outbox.published", "{event}", "Events that the broker confirmed");

    private static readonly Counter<long> Duplicates = Meter.CreateCounter<long>(
        "smartcity.inbox.duplicates", "{message}", "Messages that a consumer had seen before");

    internal static void CountPublished(string type) => Published.Add(1, new KeyValuePair<string, object?>("messaging.message.type", type));

    internal static void CountDuplicates(string consumer, int count)
    {
        if (count > 0) Duplicates.Add(count, new KeyValuePair<string, object?>("messaging.consumer.name", consumer));
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace SmartCity.Testing;

/// <summary>Hears on the broker itself which events of a type a service sends.</summary>
/// <typeparam name="T">The event.</typeparam>
public sealed class BrokerTap<T> : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly IConnection connection;

    private BrokerTap(IConnection connection) => this.connection = connection;

    /// <summary>What was heard, in order.</summary>
    public ConcurrentQueue<T> Events { get; } = new();

    /// <summary>Taps before anybody sends.</summary>
    /// <param name="broker">The settings that the service under test has, from <see cref="CityServers.BrokerSettingsAsync"/>.</param>
    public static async Task<BrokerTap<T>> OnAsync((string Key, string? Value)[] broker)
    {
        string Setting(string key) => broker.Single(setting => setting.Key == key).Value!;
        var factory = new ConnectionFactory { Uri = new Uri(Setting("ConnectionStrings:broker")) };
        var tap = new BrokerTap<T>(await factory.CreateConnectionAsync());
        var channel = await tap.connection.CreateChannelAsync();
        var exchange = $"{Setting("Messaging:Prefix")}{typeof(T).Namespace}:{typeof(T).Name}";
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, exchange, "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            using var envelope = JsonDocument.Parse(delivery.Body);
            tap.Events.Enqueue(envelope.RootElement.GetProperty("message").Deserialize<T>(Json)!);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
        return tap;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

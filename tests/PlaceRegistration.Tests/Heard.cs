using System.Collections.Concurrent;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>What another department hears on the real broker.</summary>
internal sealed class Heard : IAsyncDisposable
{
    private readonly IConnection connection;

    private Heard(IConnection connection) => this.connection = connection;

    public ConcurrentQueue<object> Events { get; } = new();

    public IEnumerable<T> Of<T>() => Events.OfType<T>();

    /// <summary>Listens before anybody speaks.</summary>
    public static async Task<Heard> ListenAsync((string Key, string? Value)[] broker, params Type[] types)
    {
        string Setting(string key) => broker.Single(setting => setting.Key == key).Value!;
        var heard = new Heard(await new ConnectionFactory { Uri = new Uri(Setting("ConnectionStrings:broker")) }.CreateConnectionAsync());
        var channel = await heard.connection.CreateChannelAsync();
        foreach (var type in types)
        {
            var exchange = $"{Setting("Messaging:Prefix")}{type.Namespace}:{type.Name}";
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            var queue = await channel.QueueDeclareAsync();
            await channel.QueueBindAsync(queue.QueueName, exchange, "");
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                using var envelope = JsonDocument.Parse(delivery.Body);
                heard.Events.Enqueue(envelope.RootElement.GetProperty("message").Deserialize(type, Town.Json)!);
                return Task.CompletedTask;
            };
            await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
        }

        return heard;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

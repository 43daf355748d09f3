using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace SmartCity.Messaging.Tests.Sample;

/// <summary>Sees on the broker itself what was sent, in order.</summary>
internal sealed class BrokerTap : IAsyncDisposable
{
    private readonly IConnection connection;

    private BrokerTap(IConnection connection) => this.connection = connection;

    public ConcurrentQueue<Sent> Messages { get; } = new();

    /// <summary>Taps the events of a type before anyone sends one.</summary>
    public static async Task<BrokerTap> OnAsync<T>((string Key, string? Value)[] broker)
    {
        string Setting(string key) => broker.Single(setting => setting.Key == key).Value!;
        var factory = new ConnectionFactory { Uri = new Uri(Setting("ConnectionStrings:broker")) };
        var tap = new BrokerTap(await factory.CreateConnectionAsync());
        var channel = await tap.connection.CreateChannelAsync();
        var exchange = $"{Setting("Messaging:Prefix")}{typeof(T).Namespace}:{typeof(T).Name}";
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, exchange, "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            tap.Messages.Enqueue(Sent.From(delivery));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
        return tap;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    internal sealed record Sent(Guid MessageId, JsonElement Body, IReadOnlyDictionary<string, string> Headers)
    {
        public CaseNoted Case => Body.Deserialize<CaseNoted>(MessageJson.Options)!;

        public static Sent From(BasicDeliverEventArgs delivery) => new(
            Guid.Parse(delivery.BasicProperties.MessageId!),
            JsonDocument.Parse(delivery.Body).RootElement.GetProperty("message").Clone(),
            delivery.BasicProperties.Headers!.Where(h => h.Value is byte[]).ToDictionary(h => h.Key, h => Encoding.UTF8.GetString((byte[])h.Value!)));
    }
}

using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace SmartCity.Gateway.Limits;

/// <summary>
/// Tells the other gateways ten times a second what callers used here, by a fanout exchange of the broker, and hears the same from them. No request waits for it
/// and nothing is kept: who starts anew knows all within a second. A gateway that was silent for a second is gone, and the others give out its part. When it is the
/// broker that is gone, nobody can know, so each gives out only its own part.
/// </summary>
internal sealed partial class SharedLimits(Buckets buckets, PolicyBook policy, IConfiguration configuration, ILogger<SharedLimits> logger) : BackgroundService
{
    /// <summary>What a caller may get more than the quota while two gateways do not know of each other's last tenth of a second.</summary>
    private const double MostOver = 1.2;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string exchange = $"{configuration["Messaging:Prefix"]}gateway-used";
    private readonly string self = Guid.NewGuid().ToString("N");
    private readonly Channel<(string From, byte[] Body)> heard = Channel.CreateBounded<(string, byte[])>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Dictionary<string, long> others = [];
    private readonly HashSet<string> told = [];

    /// <summary>Other gateways that were heard in the last second.</summary>
    public int Others { get; private set; }

    /// <summary>Whether the broker can be reached.</summary>
    public bool Connected { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        buckets.Shared = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ExchangeAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is BrokerUnreachableException or AlreadyClosedException or OperationInterruptedException or IOException
                || (exception is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                if (Connected) BrokerLost(exception.Message, Others);
            }

            Connected = false;
            // What was said to nobody must not be kept for ever.
            foreach (var _ in buckets.Untold()) { }
            buckets.Portion = 1.0 / (1 + Others);
            buckets.Share = 1;
            await Task.Delay(Pause, TimeProvider.System, stoppingToken);
        }
    }

    private async Task ExchangeAsync(CancellationToken stop)
    {
        var factory = new ConnectionFactory
        {
            Uri = new Uri(configuration.GetConnectionString("broker")!),
            ClientProvidedName = "gateway limits",
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(5),
            RequestedConnectionTimeout = TimeSpan.FromSeconds(3),
        };
        await using var connection = await factory.CreateConnectionAsync(stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: false, autoDelete: true, cancellationToken: stop);
        var queue = await channel.QueueDeclareAsync(
            "", durable: false, exclusive: true, autoDelete: true, new Dictionary<string, object?> { ["x-max-length"] = 100, ["x-message-ttl"] = 2000 }, cancellationToken: stop);
        await channel.QueueBindAsync(queue.QueueName, exchange, "", cancellationToken: stop);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            if (message.BasicProperties.AppId is { } from && from != self) heard.Writer.TryWrite((from, message.Body.ToArray()));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer, stop);
        Connected = true;
        buckets.Portion = 1;

        var properties = new BasicProperties { AppId = self };
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (!connection.IsOpen || !channel.IsOpen) throw new IOException("The connection was closed.");
            await channel.BasicPublishAsync(exchange, "", mandatory: false, properties, Write(), stop);
            while (heard.Reader.TryRead(out var message)) Read(message.From, message.Body);
            Look();
        }
    }

    private byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var (quota, caller, tokens) in buckets.Untold())
            {
                json.WriteStringValue(quota);
                json.WriteNumberValue(caller);
                json.WriteNumberValue(tokens);
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Read(string from, byte[] body)
    {
        others[from] = TimeProvider.System.GetTimestamp();
        told.Add(from);
        var inForce = policy.InForce;
        var json = new Utf8JsonReader(body);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.String)
        {
            var name = json.GetString()!;
            json.Read();
            var caller = json.GetUInt64();
            json.Read();
            var tokens = json.GetInt32();
            if (inForce.Quotas.TryGetValue(name, out var quota)) buckets.TakenElsewhere(name, quota, caller, tokens);
        }
    }

    /// <summary>Who is there, and have all told?</summary>
    private void Look()
    {
        foreach (var (other, at) in others)
            if (TimeProvider.System.GetElapsedTime(at) > Gone) others.Remove(other);
        Others = others.Count;
        buckets.Share = Others == 0 ? 1 : Math.Min(1, MostOver / (1 + Others));
        if (!others.Keys.All(told.Contains)) return;
        told.Clear();
        buckets.News++;
    }

    [LoggerMessage(LogLevel.Warning, "The broker is gone ({Reason}): limits are not shared with {Others} other gateways, each gives out its part")]
    private partial void BrokerLost(string reason, int others);
}

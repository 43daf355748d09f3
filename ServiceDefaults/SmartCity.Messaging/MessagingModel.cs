using Microsoft.EntityFrameworkCore;

namespace SmartCity.Messaging;

/// <summary>The tables of the outbox and the inbox in a service's own database, in the schema "messaging".</summary>
public static class MessagingModel
{
    internal const string Schema = "messaging";
    internal const string InboxKey = "pk_inbox";
    internal const short Shards = 16;

    /// <summary>
    /// Maps the tables outbox, outbox_shard, outbox_dead and inbox. The migration that creates them also runs <see cref="MessagingSql.Up"/>.
    /// </summary>
    /// <param name="model">The model under construction.</param>
    public static ModelBuilder AddMessaging(this ModelBuilder model)
    {
        model.Entity<OutboxRow>(row =>
        {
            row.ToTable("outbox", Schema);
            // The key is the order in which the relay reads, so that reading and deleting use one index.
            row.HasKey(r => new { r.Shard, r.Id }).HasName("pk_outbox");
            row.Property(r => r.Id).UseIdentityAlwaysColumn();
            row.Property(r => r.Body).HasColumnType("json");
            row.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
        });
        model.Entity<OutboxShard>(row =>
        {
            row.ToTable("outbox_shard", Schema);
            row.HasKey(r => r.Shard).HasName("pk_outbox_shard");
            row.Property(r => r.Shard).ValueGeneratedNever();
        });
        model.Entity<DeadOutboxRow>(row =>
        {
            row.ToTable("outbox_dead", Schema);
            row.HasKey(r => r.Id).HasName("pk_outbox_dead");
            row.Property(r => r.Id).ValueGeneratedNever();
            row.Property(r => r.Body).HasColumnType("json");
            row.Property(r => r.FailedAt).HasDefaultValueSql("now()");
        });
        model.Entity<InboxRow>(row =>
        {
            row.ToTable("inbox", Schema);
            row.HasKey(r => new { r.MessageId, r.Consumer }).HasName(InboxKey);
            row.Property(r => r.ReceivedAt).HasDefaultValueSql("now()");
            // Rows arrive in order of time: a block range index finds the old ones and costs the insert nothing.
            row.HasIndex(r => r.ReceivedAt).HasDatabaseName("ix_inbox_received_at").HasMethod("brin");
        });
        return model;
    }
}

/// <summary>An event that is committed but not yet confirmed by the broker.</summary>
internal sealed class OutboxRow
{
    public short Shard { get; init; }
    public long Id { get; init; }
    public Guid MessageId { get; init; }
    public string? Key { get; init; }
    public required string Type { get; init; }
    public required string Body { get; init; }
    public string? Traceparent { get; init; }
    public string? Tracestate { get; init; }

    /// <summary>
    /// Stamped by the database, as every time in these tables: one clock for all replicas, whatever a simulator does to TimeProvider.
    /// </summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a relay locks: the keys of one shard are sent by one relay at a time, in order.</summary>
internal sealed class OutboxShard
{
    public short Shard { get; init; }
}

/// <summary>An event that can never be sent, with the reason; someone must look at it.</summary>
internal sealed class DeadOutboxRow
{
    public long Id { get; init; }
    public short Shard { get; init; }
    public Guid MessageId { get; init; }
    public string? Key { get; init; }
    public required string Type { get; init; }
    public required string Body { get; init; }
    public string? Traceparent { get; init; }
    public string? Tracestate { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public required string Error { get; init; }
    public DateTimeOffset FailedAt { get; init; }
}

/// <summary>A message that a consumer has seen; committed together with its effect.</summary>
internal sealed class InboxRow
{
    public Guid MessageId { get; init; }
    public required string Consumer { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
}

using MassTransit;
using Npgsql;

namespace SmartCity.Messaging.Tests.Sample;

/// <summary>A consumer on plain Npgsql: inbox, effect and a following event in one transaction.</summary>
internal sealed class CountVisit(NpgsqlDataSource database) : IConsumer<VisitNoted>
{
    public async Task Consume(ConsumeContext<VisitNoted> context)
    {
        await using var connection = await database.OpenConnectionAsync(context.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(context.CancellationToken);
        var (messageId, consumer) = (Inbox.MessageIdOf(context), Inbox.ConsumerOf(context));
        if (!await Inbox.EnterAsync(connection, transaction, messageId, consumer, context.CancellationToken)) return;

        await using var count = new NpgsqlCommand("""
            INSERT INTO patient_files (patient, newest, home_address_house_number, home_address_street_name) VALUES ($1, 1, '', '')
            ON CONFLICT (patient) DO UPDATE SET newest = patient_files.newest + 1
            """, connection, transaction);
        count.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.Message.Place });
        await count.ExecuteNonQueryAsync(context.CancellationToken);
        await Outbox.AppendAsync(connection, transaction, [new(new Rumour($"seen at {context.Message.Place}"))], context.CancellationToken);
        await transaction.CommitAsync(context.CancellationToken);
    }
}

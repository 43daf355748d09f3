namespace SmartCity.Messaging;

/// <summary>What EF cannot express of the messaging tables.</summary>
public static class MessagingSql
{
    internal const string Channel = "outbox";

    /// <summary>Run by the migration that creates the tables, after them: <c>migrationBuilder.Sql(MessagingSql.Up)</c>.</summary>
    public const string Up = """
        INSERT INTO messaging.outbox_shard (shard) SELECT generate_series(0, 15);

        -- Every row lives a moment only: the usual fifth of the table dead would be far too late to clean up.
        ALTER TABLE messaging.outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        CREATE FUNCTION messaging.notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('outbox', '');
            RETURN NULL;
        END $$;

        -- Once a statement, however many rows it brings; PostgreSQL folds equal notifications of one transaction into one.
        CREATE TRIGGER notify_outbox AFTER INSERT ON messaging.outbox FOR EACH STATEMENT EXECUTE FUNCTION messaging.notify_outbox();
        """;
}

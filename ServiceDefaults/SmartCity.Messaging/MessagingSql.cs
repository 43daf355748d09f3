namespace SmartCity.Messaging;

/// <summary>What EF cannot express of the messaging tables.</summary>
public static class MessagingSql
{
    internal const string Channel = "outbox";

    /// <summary>Advisory lock, held in share by every relay that is awake; the trigger below asks for it.</summary>
    internal const int AwakeLock = 0x4F55_5442;

    /// <summary>Run by the migration that creates the tables, after them: <c>migrationBuilder.Sql(MessagingSql.Up)</c>.</summary>
    public const string Up = """
        INSERT INTO messaging.outbox_shard (shard) SELECT generate_series(0, 15);

        -- Every row lives a moment only: the usual fifth of the table dead would be far too late to clean up.
        ALTER TABLE messaging.outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        -- PostgreSQL lets transactions that notify commit one at a time: measured, 16 writers do a tenth of the commits. So only a
        -- sleeping relay is woken; while one is awake the lock is taken and nobody notifies.
        CREATE FUNCTION messaging.notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF pg_try_advisory_lock(1330992194) THEN
                PERFORM pg_advisory_unlock(1330992194);
                PERFORM pg_notify('outbox', '');
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER notify_outbox AFTER INSERT ON messaging.outbox FOR EACH STATEMENT EXECUTE FUNCTION messaging.notify_outbox();
        """;
}

namespace SmartCity.Identity.Data;

/// <summary>The record of accounts is added to, never changed, and ends with its retention: the database itself sees to it.</summary>
internal static class AuditSql
{
    /// <summary>Run by the migration that makes the table.</summary>
    public const string Up = """
        CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND OLD.at < now() - interval '2 years' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'The audit record is append-only.';
        END $$;
        CREATE TRIGGER keep_audit_rows BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_audit();
        CREATE TRIGGER keep_audit_table BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION keep_audit();
        """;
}

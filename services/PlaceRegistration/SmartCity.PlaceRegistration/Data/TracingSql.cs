namespace SmartCity.PlaceRegistration.Data;

/// <summary>What tracing needs that EF cannot say. Everything that holds visits lies in weeks and is dropped with them.</summary>
internal static class TracingSql
{
    /// <summary>Run by the migration.</summary>
    public const string Up = $"""
        -- A column of its own, because an index that looks at the end would make every check-out write all indexes.
        ALTER TABLE visits ADD COLUMN is_long boolean NOT NULL GENERATED ALWAYS AS (until - arrived_at > {VisitsSql.Long}) STORED;
        CREATE INDEX ix_visits_place_id_arrived_at_long ON visits (place_id, arrived_at) WHERE is_long;

        -- Statistics of a partition go with it; those of the whole would keep samples of persons for as long as nobody analyses it again.
        ALTER TABLE ONLY visits ALTER COLUMN citizen_id SET STATISTICS 0;

        DROP TABLE infectious_stays;
        CREATE TABLE infectious_stays (
            case_id uuid NOT NULL,
            visit_id uuid NOT NULL,
            citizen_id uuid NOT NULL,
            place_id uuid NOT NULL,
            from_at timestamptz NOT NULL,
            until timestamptz NOT NULL,
            clear_at timestamptz NOT NULL,
            zone integer NOT NULL,
            CONSTRAINT pk_infectious_stays PRIMARY KEY (case_id, visit_id, place_id, from_at)
        ) PARTITION BY RANGE (from_at);
        CREATE INDEX ix_infectious_stays_place_id_from_at ON infectious_stays (place_id, from_at);
        ALTER TABLE ONLY infectious_stays ALTER COLUMN citizen_id SET STATISTICS 0;
        CREATE TABLE infectious_stays_default PARTITION OF infectious_stays DEFAULT;

        CREATE TABLE trace_inputs (
            run_id uuid NOT NULL,
            oldest_at timestamptz NOT NULL,
            inputs bytea NOT NULL,
            CONSTRAINT pk_trace_inputs PRIMARY KEY (run_id, oldest_at)
        ) PARTITION BY RANGE (oldest_at);
        CREATE TABLE trace_inputs_default PARTITION OF trace_inputs DEFAULT;

        CREATE VIEW place_zones AS
            SELECT id AS place_id, id AS related_id, 0 AS zone FROM places
            UNION ALL SELECT id, parent_id, 1 FROM places WHERE parent_id IS NOT NULL
            UNION ALL SELECT parent_id, id, 1 FROM places WHERE parent_id IS NOT NULL
            UNION ALL SELECT one.id, other.id, 2 FROM places one JOIN places other ON other.parent_id = one.parent_id AND other.id <> one.id;

        -- Cases traced before have no policy: they are run again by the one in force.
        UPDATE cases SET release = 'Released', rerun_asked_at = now() WHERE infectious_from IS NOT NULL AND withdrawn_at IS NULL;
        UPDATE exposures SET released = true WHERE NOT withdrawn;
        """;

    /// <summary>
    /// Run by a later migration: whoever is known to have been in a building or on a campus may have been in any part of it, however deep; neighbours are the
    /// parts of one whole.
    /// </summary>
    public const string ZonesOfEveryLevel = """
        CREATE OR REPLACE VIEW place_zones AS
            SELECT id AS place_id, id AS related_id, 0 AS zone FROM places
            UNION ALL SELECT part.id, whole.id, 1 FROM places part CROSS JOIN LATERAL unnest(part.ancestors) AS whole (id)
            UNION ALL SELECT whole.id, part.id, 1 FROM places whole JOIN places part ON part.ancestors @> ARRAY[whole.id]
            UNION ALL SELECT one.id, other.id, 2 FROM places one JOIN places other ON other.parent_id = one.parent_id AND other.id <> one.id;
        """;

    /// <summary>Back to zones of one level.</summary>
    public const string ZonesOfOneLevel = """
        CREATE OR REPLACE VIEW place_zones AS
            SELECT id AS place_id, id AS related_id, 0 AS zone FROM places
            UNION ALL SELECT id, parent_id, 1 FROM places WHERE parent_id IS NOT NULL
            UNION ALL SELECT parent_id, id, 1 FROM places WHERE parent_id IS NOT NULL
            UNION ALL SELECT one.id, other.id, 2 FROM places one JOIN places other ON other.parent_id = one.parent_id AND other.id <> one.id;
        """;

    /// <summary>Back to before; infectious stays are made again by the next confirmation.</summary>
    public const string Down = """
        DROP VIEW place_zones;
        DROP TABLE trace_inputs, infectious_stays;
        ALTER TABLE ONLY visits ALTER COLUMN citizen_id SET STATISTICS -1;
        ALTER TABLE visits DROP COLUMN is_long;
        CREATE TABLE infectious_stays (
            case_id uuid NOT NULL, visit_id uuid NOT NULL, citizen_id uuid NOT NULL, place_id uuid NOT NULL,
            from_at timestamptz NOT NULL, until timestamptz NOT NULL, CONSTRAINT pk_infectious_stays PRIMARY KEY (case_id, visit_id));
        CREATE INDEX ix_infectious_stays_citizen_id ON infectious_stays (citizen_id);
        CREATE INDEX ix_infectious_stays_place_id_from_at ON infectious_stays (place_id, from_at);
        """;
}

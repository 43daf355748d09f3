namespace SmartCity.PlaceRegistration.Data;

/// <summary>The table of visits, partitioned by week of arrival: forgetting is dropping a partition, and old weeks cost a check-in nothing.</summary>
internal static class VisitsSql
{
    /// <summary>Longer stays are few and have an index of their own, so that tracing looks back no further than this for all others.</summary>
    public const string Long = "interval '3 hours'";

    /// <summary>Run by the migration. The weeks themselves are made ahead by <see cref="Features.Upkeep.KeepPartitions"/>; until then the default takes everything.</summary>
    public const string Up = """
        CREATE TABLE visits (
            id uuid NOT NULL,
            citizen_id uuid NOT NULL,
            place_id uuid NOT NULL,
            arrived_at timestamptz NOT NULL,
            until timestamptz NOT NULL,
            is_open boolean NOT NULL,
            is_late boolean NOT NULL,
            CONSTRAINT pk_visits PRIMARY KEY (id, arrived_at),
            CONSTRAINT ck_visits_until CHECK (until > arrived_at)
        ) PARTITION BY RANGE (arrived_at);

        CREATE INDEX ix_visits_citizen_id_arrived_at ON visits (citizen_id, arrived_at);
        CREATE INDEX ix_visits_place_id_arrived_at ON visits (place_id, arrived_at);

        CREATE TABLE visits_default PARTITION OF visits DEFAULT;
        """;

    /// <summary>Run by the migration that made arrivals of many kinds: how a visit came to be known, and from which stop to which it was aboard.</summary>
    public const string AddSource = """
        ALTER TABLE visits
            ADD COLUMN source smallint NOT NULL DEFAULT 0, ADD COLUMN trip_id uuid, ADD COLUMN boarded_at_stop smallint, ADD COLUMN left_at_stop smallint;
        """;

    /// <summary>Back to before.</summary>
    public const string DropSource = "ALTER TABLE visits DROP COLUMN source, DROP COLUMN trip_id, DROP COLUMN boarded_at_stop, DROP COLUMN left_at_stop;";
}

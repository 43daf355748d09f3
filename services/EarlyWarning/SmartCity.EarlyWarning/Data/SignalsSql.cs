namespace SmartCity.EarlyWarning.Data;

/// <summary>What EF cannot express of signals and detection; run by the migration that creates the tables.</summary>
internal static class SignalsSql
{
    /// <summary>Alarms from before there were rules belong to the rules that take the place of the settings.</summary>
    public const string Alarms = """
        UPDATE alarms SET rule = lower(stream) || CASE WHEN area = 'city' THEN '-city' ELSE '-cell' END, rule_version = 1, department = 'health-commission', hold = 'None';
        """;

    /// <summary>The values of what was counted so far, the view of sums per day, where detection begins, and the rules that come with the system.</summary>
    public const string Up = """
        INSERT INTO signal_series (stream, kind, area)
        SELECT DISTINCT stream, '', coalesce(cell, 'city') FROM signal_facts WHERE day IS NOT NULL;

        INSERT INTO signal_revisions (stream, known_at, feed, first_day, last_day, series)
        SELECT f.stream, max(f.as_of), 'city', min(f.day), max(f.day), array_agg(DISTINCT s.id)
        FROM signal_facts f JOIN signal_series s ON (s.stream, s.kind, s.area) = (f.stream, '', coalesce(f.cell, 'city')) GROUP BY f.stream;

        INSERT INTO signal_values (series, at, revision, value)
        SELECT s.id, f.day::timestamp AT TIME ZONE INTERVAL '8 hours', r.id, sum(f.value)
        FROM signal_facts f
        JOIN signal_series s ON (s.stream, s.kind, s.area) = (f.stream, '', coalesce(f.cell, 'city'))
        JOIN signal_revisions r ON r.stream = f.stream
        GROUP BY s.id, f.day, r.id;

        CREATE VIEW signal_days AS
        SELECT stream, area, day, sum(value)::int AS value
        FROM (
            SELECT DISTINCT ON (s.stream, s.area, s.kind, v.at, day) s.stream, s.area, (v.at AT TIME ZONE INTERVAL '8 hours')::date AS day, v.value
            FROM signal_series s JOIN signal_values v ON v.series = s.id
            WHERE s.stream NOT IN ('Sensors', 'OtherCities') AND s.area <> 'city'
            ORDER BY s.stream, s.area, s.kind, v.at, day, v.revision DESC
        ) AS known WHERE value IS NOT NULL GROUP BY stream, area, day
        UNION ALL
        SELECT stream, 'city', day, sum(value)::int
        FROM (
            SELECT DISTINCT ON (s.stream, v.series, v.at, day) s.stream, (v.at AT TIME ZONE INTERVAL '8 hours')::date AS day, v.value
            FROM signal_series s JOIN signal_values v ON v.series = s.id
            WHERE s.stream NOT IN ('Sensors', 'OtherCities')
            ORDER BY s.stream, v.series, v.at, day, v.revision DESC
        ) AS known WHERE value IS NOT NULL GROUP BY stream, day;

        -- What was known before is judged already.
        INSERT INTO judge_marks (stream, revision, looked_at)
        SELECT stream, coalesce((SELECT max(id) FROM signal_revisions r WHERE r.stream = s.stream), 0), '2000-01-01Z'
        FROM unnest(ARRAY['Cases', 'Exposures', 'Visits', 'Reports', 'Symptoms', 'Temperatures', 'Fevers', 'Bookings', 'StockOuts', 'SickLeave', 'Sensors', 'OtherCities']) AS s (stream);

        -- They were in force before there was a past to replay; their next versions pass the gate like all others.
        INSERT INTO detection_rules (code, version, stream, level, detector, minimum_sigma, minimum_count, department, state, written_at, live_from)
        SELECT lower(stream) || suffix, 1, stream, level, 'EarsC2', 1, least_count, 'health-commission', 'Live', '2026-01-01Z', '2026-01-01Z'
        FROM (VALUES ('Cases', 3), ('Exposures', 10), ('Reports', 5)) AS streams (stream, least_count), (VALUES ('-city', 'City'), ('-cell', 'Cell')) AS levels (suffix, level);
        """;

    public const string Down = "DROP VIEW signal_days;";
}

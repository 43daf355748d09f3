-- Everybody who breathed the air of one case, by hand: the same answer as tracing gives, in one statement, with the same indexes.
-- $1 citizen, $2 and $3 infectious from and until; $4 to $8 type, ventilation, minutes that air lingers, risk, least weighted minutes; $9 what a lingering minute counts.
WITH rules AS MATERIALIZED (
    SELECT * FROM unnest($4, $5, $6, $7) AS r (type, ventilation, linger, risk)
), stays AS MATERIALIZED (
    SELECT v.place_id, greatest(v.arrived_at, $2) AS from_at, least(v.until, $3) AS until, least(v.until, $3) + r.linger AS clear_at, r.risk
    FROM visits v JOIN places p ON p.id = v.place_id JOIN rules r ON r.type = p.type AND r.ventilation = p.ventilation
    WHERE v.citizen_id = $1 AND v.arrived_at < $3 AND v.arrived_at >= $2 - interval '24 hours' AND v.until > $2
), together AS (
    SELECT v.citizen_id, s.place_id, s.risk,
        CASE WHEN v.arrived_at < s.until AND v.until > s.from_at THEN tstzrange(greatest(v.arrived_at, s.from_at), least(v.until, s.until)) END AS beside,
        CASE WHEN v.until > s.until THEN tstzrange(greatest(v.arrived_at, s.until), least(v.until, s.clear_at)) END AS after
    FROM stays s CROSS JOIN LATERAL (
        SELECT citizen_id, arrived_at, until FROM visits
        WHERE place_id = s.place_id AND arrived_at < s.clear_at AND arrived_at >= s.from_at - interval '3 hours' AND until > s.from_at
        UNION ALL
        SELECT citizen_id, arrived_at, until FROM visits
        WHERE place_id = s.place_id AND is_long AND arrived_at < s.from_at - interval '3 hours' AND arrived_at >= s.from_at - interval '24 hours' AND until > s.from_at
    ) AS v
    WHERE v.citizen_id <> $1
), merged AS (
    SELECT citizen_id, place_id, risk, coalesce(range_agg(beside), '{}') AS beside, coalesce(range_agg(after), '{}') - coalesce(range_agg(beside), '{}') AS after
    FROM together GROUP BY 1, 2, 3
), summed AS (
    SELECT citizen_id, place_id, risk, beside + after AS shared,
        (SELECT coalesce(sum(extract(epoch FROM upper(part) - lower(part))), 0) FROM unnest(beside) AS part) AS beside_seconds,
        (SELECT coalesce(sum(extract(epoch FROM upper(part) - lower(part))), 0) FROM unnest(after) AS part) AS after_seconds
    FROM merged
)
SELECT citizen_id, place_id, ceil((beside_seconds + after_seconds) / 60)::int AS minutes,
    round(((beside_seconds + after_seconds * $9) * risk / 60)::numeric, 2)::float8 AS weighted_minutes, lower(shared) AS from_at, upper(shared) AS until
FROM summed
WHERE round(((beside_seconds + after_seconds * $9) * risk / 60)::numeric, 2) >= $8

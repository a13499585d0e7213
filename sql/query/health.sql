-- How the house is now.

-- name: health_alerts  role: read  rows: many
SELECT severity, count(*) AS n FROM alert WHERE resolved_at IS NULL GROUP BY severity;

-- name: health_overlays  role: read  rows: one
SELECT count(*) AS seen, COALESCE(sum(visible), 0) AS visible FROM overlay_seen WHERE at > :since;

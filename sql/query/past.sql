-- How the house was: what people had to look at.

-- name: past_open  role: read  rows: many
SELECT kind, key, raised_at FROM alert
 WHERE resolved_at IS NULL AND severity = 'error' ORDER BY raised_at DESC LIMIT :max;

-- name: past_gone  role: read  rows: many
SELECT kind, key, raised_at, resolved_at FROM alert
 WHERE resolved_at >= :since AND severity = 'error' ORDER BY resolved_at DESC LIMIT :max;

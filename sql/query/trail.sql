-- Lines of a pot since one that was read before. Not for: what a line says (race.sql).

-- name: trail_lines  role: vault read  rows: many
SELECT seq, at, delta FROM pot_line WHERE race_id = :race AND seq > :after ORDER BY seq LIMIT :max;

-- name: trail_sha  role: vault read  rows: one
SELECT sha FROM journal WHERE seq = :seq;

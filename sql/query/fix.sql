-- Results changed by staff.

-- name: fix_add  role: vault  rows: one
INSERT INTO fix (race_id, version, reason, actor, old, new, seq, at)
VALUES (:race, :version, :reason, :actor, :old, :new, :seq, :at)
RETURNING id;

-- name: fix_of_race  role: vault read  rows: many
SELECT id, version, reason, actor, at, COALESCE(seq, 0) AS seq FROM fix WHERE race_id = :race
ORDER BY version LIMIT :max;

-- Results changed by staff.

-- name: fix_add  role: vault  rows: one
INSERT INTO fix (race_id, version, reason, actor, old, new, seq, at)
VALUES (:race, :version, :reason, :actor, :old, :new, :seq, :at)
RETURNING id;

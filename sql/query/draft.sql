-- Corrections that somebody looks at before they apply them.

-- name: draft_add  role: vault  rows: one
INSERT INTO fix_draft (race_id, places, reason, hash, member_id, at)
VALUES (:race, :places, :reason, :hash, :member, :at)
RETURNING id;

-- name: draft_get  role: vault  rows: one
SELECT race_id, places, reason, hash, member_id FROM fix_draft
WHERE id = :id AND hash <> '' AND at >= :after;

-- name: draft_drop  role: vault  rows: none
UPDATE fix_draft SET hash = '' WHERE id = :id;

-- name: draft_prune  role: vault  rows: none
-- The newest stays: its number must never be given out again, an old button may still name it.
DELETE FROM fix_draft WHERE at < :before AND id < (SELECT MAX(id) FROM fix_draft);

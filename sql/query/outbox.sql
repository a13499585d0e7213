-- Work that leaves the house. Not for: what the kinds mean (job/kinds.c).

-- name: outbox_add  role: vault  rows: none
INSERT INTO outbox (kind, key, payload, state, created_at, due_at, tries, fence, lease_until, last_error, done_at)
VALUES (:kind, :key, :payload, 'due', :now, :due, 0, 0, NULL, '', NULL)
    ON CONFLICT (kind, key) DO NOTHING;

-- A lease that ran out is as good as none: its holder is gone, and the fence stops it should it
-- come back.
-- name: outbox_claim  role: vault  rows: one
UPDATE outbox SET state = 'leased', fence = fence + 1, tries = tries + 1, lease_until = :until
 WHERE id = (SELECT id FROM outbox
              WHERE state IN ('due', 'leased') AND due_at <= :now
                AND (state = 'due' OR lease_until <= :now)
                AND CASE WHEN :kinds LIKE '%,' || kind || ',%' THEN 1 ELSE 0 END = :inside
              ORDER BY due_at, id LIMIT 1)
RETURNING id, kind, key, payload, state, last_error, due_at, tries, fence, created_at;

-- name: outbox_finish  role: vault  rows: none
UPDATE outbox SET state = 'done', done_at = :now, lease_until = NULL, last_error = ''
 WHERE id = :id AND fence = :fence AND state = 'leased';

-- name: outbox_get  role: vault read  rows: one
SELECT id, kind, key, payload, state, last_error, due_at, tries, fence, created_at
  FROM outbox WHERE id = :id;

-- name: outbox_fail  role: vault  rows: none
UPDATE outbox SET state = :state, due_at = :due, lease_until = NULL, last_error = :error
 WHERE id = :id AND fence = :fence AND state = 'leased';

-- name: outbox_defer  role: vault  rows: none
UPDATE outbox SET state = 'due', due_at = :until, lease_until = NULL, tries = tries - 1, last_error = :why
 WHERE id = :id AND fence = :fence AND state = 'leased';

-- name: outbox_count  role: vault read  rows: one
SELECT COUNT(*) AS n FROM outbox
 WHERE state IN ('due', 'leased') AND due_at <= :now AND (state = 'due' OR lease_until <= :now)
   AND CASE WHEN :kinds LIKE '%,' || kind || ',%' THEN 1 ELSE 0 END = :inside;

-- name: outbox_is_due  role: vault  rows: one
-- What is open is little, what was done is much: the index of open work, not that of kinds.
SELECT COUNT(*) AS n FROM outbox
 WHERE state IN ('due', 'leased') AND due_at > 0 AND state = 'due' AND kind || '' = :kind
   AND payload = :payload;

-- name: outbox_waiting  role: vault read  rows: one
SELECT COALESCE(MIN(created_at), 0) AS since FROM outbox
 WHERE state IN ('due', 'leased') AND due_at > 0 AND kind || '' = :kind AND last_error <> '';

-- name: outbox_retry  role: vault  rows: none
UPDATE outbox SET state = 'due', due_at = :now, tries = 0, lease_until = NULL
 WHERE id = :id AND state IN ('due', 'dead');

-- name: outbox_postpone  role: vault  rows: none
UPDATE outbox SET due_at = :until WHERE id = :id AND state = 'due';

-- name: outbox_list  role: vault read  rows: many
SELECT id, kind, key, payload, state, last_error, due_at, tries, fence, created_at
  FROM outbox ORDER BY id DESC LIMIT :max;

-- name: outbox_list_state  role: vault read  rows: many
SELECT id, kind, key, payload, state, last_error, due_at, tries, fence, created_at
  FROM outbox WHERE state = :state ORDER BY id DESC LIMIT :max;

-- Ids and times of making grow together, and what is done was made before: only what is as old is looked at.
-- name: outbox_prune  role: vault  rows: none
DELETE FROM outbox
 WHERE id IN (SELECT id FROM outbox
               WHERE id <= COALESCE((SELECT id FROM outbox WHERE id > 0 AND created_at >= :before ORDER BY id LIMIT 1),
                              (SELECT MAX(id) FROM outbox))
                 AND state = 'done' AND done_at < :before ORDER BY id LIMIT :max);

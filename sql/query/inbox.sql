-- Verified notices from outside. Not for: what they caused (sale.sql, refund.sql).

-- The id of the next notice, and of the one that has this key, 0 for none.
-- name: inbox_next  role: vault  rows: one
SELECT COALESCE(MAX(id), 0) + 1 AS id,
  COALESCE((SELECT k.id FROM inbox k WHERE k.provider = :provider AND k.delivery_key = :key), 0)
    AS known
FROM inbox;

-- Each notice passes here: ON CONFLICT would judge the row twice, RETURNING open a table of its own.
-- name: inbox_add  role: vault  rows: none
INSERT INTO inbox (id, provider, delivery_key, type, received_at, state, reason, ref, tries, due_at,
  body, about)
VALUES (:id, :provider, :key, :type, :at, 'applied', '', :ref, 0, NULL, :body, :about);

-- name: inbox_mark  role: vault  rows: none
UPDATE inbox SET state = :state, reason = :reason, ref = :ref, due_at = :due, tries = tries + 1
 WHERE id = :id;

-- name: inbox_get  role: vault read  rows: one
SELECT id, provider, delivery_key, type, received_at, state, reason, ref, tries, body, about,
       COALESCE(redacted_at, 0) AS redacted_at
  FROM inbox WHERE id = :id;

-- name: inbox_list  role: vault read  rows: many
SELECT id, provider, delivery_key, type, received_at, state, reason, ref, tries
  FROM inbox WHERE id < :before ORDER BY id DESC LIMIT :max;

-- name: inbox_list_state  role: vault read  rows: many
SELECT id, provider, delivery_key, type, received_at, state, reason, ref, tries
  FROM inbox WHERE state = :state AND id < :before ORDER BY id DESC LIMIT :max;

-- The states are named so that the small index of open notices is used.
-- name: inbox_due  role: vault read  rows: many
SELECT id FROM inbox
 WHERE state IN ('waiting', 'set_aside', 'failed') AND due_at <= :now ORDER BY due_at, id LIMIT :max;

-- name: inbox_again  role: vault  rows: none
UPDATE inbox SET due_at = :now WHERE provider = :provider AND about = :about AND state = 'set_aside';

-- name: inbox_about  role: vault read  rows: many
SELECT id FROM inbox WHERE provider = :provider AND about = :about AND about <> ''
   AND redacted_at IS NULL ORDER BY id LIMIT :max;

-- name: inbox_redact  role: vault  rows: none
UPDATE inbox SET body = :body, raw_sha = :sha, redacted_at = :now WHERE id = :id;

-- What was dealt with is not read again. The hash of each is not worth its reading here.
-- name: inbox_redact_all  role: vault  rows: none
UPDATE inbox SET body = :body, redacted_at = :now
 WHERE provider = :provider AND state IN ('applied', 'ignored') AND redacted_at IS NULL;

-- Checkouts of our own.

-- name: checkout_add  role: vault  rows: one
INSERT INTO checkout (id, token_sha, kind, state, amount, shipping, title, items, tag, back, member_id,
  session, url, why, ref, created_at, expires_at)
VALUES ((SELECT MAX(n) FROM (SELECT COALESCE(MAX(id), 0) + 1 AS n FROM checkout
  UNION ALL SELECT least FROM id_floor WHERE kind = 'checkout') t), :sha, :kind, 'new', :amount, :shipping, :title, :items, :tag, :back, :member,
  '', '', '', '', :now, :expires)
RETURNING id;

-- name: checkout_find  role: vault read  rows: one
SELECT id FROM checkout WHERE token_sha = :sha;

-- name: checkout_get  role: vault read  rows: one
SELECT kind, state, amount, shipping, title, items, tag, back, COALESCE(member_id, 0) AS member_id,
  session, url, why, ref, created_at, expires_at
FROM checkout WHERE id = :id;

-- name: checkout_title  role: vault read  rows: one
SELECT title FROM product WHERE sku = :sku;

-- name: checkout_opened  role: vault  rows: none
UPDATE checkout SET state = 'open', session = :session, url = :url, why = ''
WHERE id = :id AND state IN ('new', 'failed');

-- name: checkout_failed  role: vault  rows: none
UPDATE checkout SET state = 'failed', why = :why WHERE id = :id AND state = 'new';

-- name: checkout_paid  role: vault  rows: none
UPDATE checkout SET state = 'paid', ref = :ref, why = '' WHERE id = :id AND state <> 'paid';

-- name: checkout_over  role: vault  rows: many
SELECT id FROM checkout WHERE state IN ('new', 'open') AND expires_at <= :now
ORDER BY expires_at LIMIT :max;

-- name: checkout_gone  role: vault  rows: none
UPDATE checkout SET state = 'gone' WHERE id = :id;

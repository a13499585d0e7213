-- The chain from where it was looked at last.

-- name: recheck_entries  role: vault read  rows: many
SELECT seq, kind, idem_scope, idem_key, request_sha, effective_at, recorded_at, ref, reverses, policy,
       actor, meta, n_lines, prev_sha, sha
  FROM journal WHERE seq > :after ORDER BY seq LIMIT :most;

-- name: recheck_lines  role: vault read  rows: many
SELECT p.account_id, a.code, a.currency, p.item, p.amount, p.ver, p.bal_after
  FROM posting p JOIN account a ON a.id = p.account_id WHERE p.seq = :seq;

-- name: recheck_from  role: vault read  rows: one
SELECT seq, sha FROM book_check WHERE name = 'chain';

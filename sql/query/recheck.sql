-- The chain from where it was looked at last, the sums of all accounts, the head.

-- name: recheck_entries  role: vault read  rows: many
SELECT seq, kind, idem_scope, idem_key, request_sha, effective_at, recorded_at, ref, reverses, policy,
       actor, meta, n_lines, prev_sha, sha
  FROM journal WHERE seq > :after ORDER BY seq LIMIT :most;

-- name: recheck_lines  role: vault read  rows: many
SELECT p.account_id, a.code, a.currency, p.item, p.amount, p.ver, p.bal_after
  FROM posting p JOIN account a ON a.id = p.account_id WHERE p.seq = :seq;

-- name: recheck_from  role: vault read  rows: one
SELECT seq, sha FROM book_check WHERE name = 'chain';

-- name: recheck_sums  role: vault read  rows: one
SELECT COUNT(*) AS n FROM (
  SELECT a.currency FROM balance b JOIN account a ON a.id = b.account_id
   GROUP BY a.currency HAVING SUM(b.bal) <> 0) AS wrong;

-- name: recheck_head  role: vault read  rows: one
SELECT (SELECT COALESCE(MAX(seq), 0) FROM journal) - (SELECT COALESCE(MAX(seq), 0) FROM head) AS n;

-- What the runner of jobs looks at every few minutes. Not for: the whole check (verify.sql).

-- name: beat_unbalanced  role: read  rows: one
SELECT COUNT(*) AS n FROM (
  SELECT a.currency FROM balance b JOIN account a ON a.id = b.account_id
   GROUP BY a.currency HAVING SUM(b.bal) <> 0) AS wrong;

-- name: beat_head  role: read  rows: one
SELECT (SELECT COALESCE(MAX(seq), 0) FROM journal) - (SELECT COALESCE(MAX(seq), 0) FROM head) AS n;

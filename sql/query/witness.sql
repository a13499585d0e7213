-- What people kept against what is there.

-- name: witness_entry  role: vault read  rows: one
SELECT kind, ref, recorded_at, sha FROM journal WHERE seq = :seq;

-- name: witness_line  role: vault read  rows: one
SELECT COALESCE(SUM(p.amount), 0) AS n FROM posting p JOIN account a ON a.id = p.account_id
 WHERE p.seq = :seq AND a.code = :code;

-- name: witness_balance  role: vault read  rows: one
SELECT COALESCE((SELECT p.bal_after FROM posting p JOIN account a ON a.id = p.account_id
                  WHERE a.code = :code AND p.seq <= :seq ORDER BY p.ver DESC LIMIT 1), 0) AS n;

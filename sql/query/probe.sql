-- What a copy of a ledger is checked by, beside the checks of verify.sql.

-- name: probe_hash  role: vault read migrate  rows: one
SELECT sha FROM journal WHERE seq = :seq;

-- name: probe_sums  role: read migrate  rows: many
SELECT currency, SUM(bal) AS bal FROM balance GROUP BY currency HAVING SUM(bal) <> 0;

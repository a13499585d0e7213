-- What time alone shows to be wrong.

-- name: watch_alert  role: vault  rows: one
SELECT text FROM alert WHERE kind = :kind AND key = :key AND resolved_at IS NULL;

-- name: watch_compared  role: vault  rows: one
SELECT id FROM outbox WHERE kind = 'compare' AND key = :key;

-- What Prometheus is told besides what the status page shows (health.sql).

-- name: metrics_inbox  role: read  rows: many
SELECT state, count(*) AS n FROM inbox WHERE state IN ('waiting', 'set_aside', 'failed') GROUP BY state;

-- By what is open: the index of kinds and keys holds what was done, too.
-- name: metrics_outbox  role: read  rows: many
SELECT kind, count(*) AS n, min(due_at) AS due_at FROM outbox WHERE state IN ('due', 'leased') AND due_at > 0
 GROUP BY +kind ORDER BY +kind LIMIT :max;

-- name: metrics_payouts  role: read  rows: many
SELECT state, count(*) AS n FROM payout
 WHERE state IN ('REQUESTED', 'HELD', 'SENDING', 'SENT', 'UNKNOWN', 'FAILED') GROUP BY state;

-- name: metrics_messages  role: read  rows: one
SELECT id AS n FROM live_message ORDER BY id DESC LIMIT 1;

-- name: metrics_parts  role: read  rows: many
SELECT part, at FROM alive ORDER BY part;

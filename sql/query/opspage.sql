-- What the console shows at a glance.

-- name: opspage_tiles  role: read  rows: one
SELECT
  (SELECT COUNT(*) FROM outbox WHERE state IN ('due', 'leased')) AS jobs,
  (SELECT COALESCE(MIN(due_at), 0) FROM outbox WHERE state IN ('due', 'leased')) AS job_due,
  (SELECT COUNT(*) FROM outbox WHERE state = 'dead') AS dead,
  (SELECT COUNT(*) FROM inbox WHERE state IN ('waiting', 'set_aside', 'failed')) AS notices,
  (SELECT COUNT(*) FROM overlay_seen WHERE at > :seen AND visible = 1) AS overlays,
  (SELECT COUNT(*) FROM dispute WHERE state = 'OPEN') AS disputes,
  (SELECT COUNT(*) FROM member) AS members,
  (SELECT COALESCE(MAX(seq), 0) FROM head) AS head;

-- name: opspage_races  role: read  rows: many
SELECT state, COUNT(*) AS n FROM race GROUP BY state ORDER BY state;

-- How the house is, for operators. Reading only.

-- name: do_ops_status  role: vault read  rows: one
SELECT
  (SELECT COUNT(*) FROM outbox WHERE state IN ('due', 'leased')) AS jobs,
  (SELECT COALESCE(MIN(due_at), 0) FROM outbox WHERE state IN ('due', 'leased')) AS job_due,
  (SELECT COUNT(*) FROM outbox WHERE state = 'dead') AS dead,
  (SELECT COUNT(*) FROM inbox WHERE state IN ('waiting', 'set_aside', 'failed')) AS notices,
  (SELECT COUNT(*) FROM overlay_seen WHERE at > :seen) AS overlays,
  (SELECT COUNT(*) FROM overlay_seen WHERE at > :seen AND visible = 1) AS visible,
  (SELECT COALESCE(MAX(seq), 0) FROM head) AS head;

-- What time alone shows to be wrong.

-- name: watch_alert  role: vault  rows: one
SELECT text FROM alert WHERE kind = :kind AND key = :key AND resolved_at IS NULL;

-- name: watch_job  role: vault  rows: one
SELECT id FROM outbox WHERE kind = :kind AND key = :key;

-- Open items of clearing accounts whose last movement was before that time. What waits in a pool counts from the end of its
-- race; races that are still on are no matter of days.
-- name: watch_old  role: vault  rows: many
SELECT a.code, i.item, i.bal, MAX(j.recorded_at) AS since
  FROM item_balance i JOIN account a ON a.id = i.account_id
  JOIN posting p ON p.account_id = i.account_id AND p.item = i.item JOIN journal j ON j.seq = p.seq
 WHERE i.bal <> 0 AND (a.code LIKE 'A:dispute:%' OR a.code IN ('L:dispute_hold', 'L:payout_in_flight', 'L:payout_sent')
    OR (a.code = 'L:pool' AND EXISTS (SELECT 1 FROM race r WHERE 'race:' || r.id = i.item AND r.closed_at < :before)))
 GROUP BY a.code, i.item, i.bal HAVING MAX(j.recorded_at) < :before;

-- name: watch_old_gone  role: vault  rows: many
SELECT t.kind, t.key FROM alert t
 WHERE t.resolved_at IS NULL AND t.kind IN ('dispute_old', 'hold_old', 'payout_old', 'pool_old')
   AND NOT EXISTS (SELECT 1 FROM item_balance i WHERE i.item = t.key AND i.bal <> 0)
 LIMIT :max;

-- name: watch_suspense  role: vault  rows: one
SELECT b.bal FROM account a JOIN balance b ON b.account_id = a.id
  JOIN posting p ON p.account_id = a.id AND p.ver = b.ver JOIN journal j ON j.seq = p.seq
 WHERE a.code = 'L:suspense' AND b.bal <> 0 AND j.recorded_at < :before;
